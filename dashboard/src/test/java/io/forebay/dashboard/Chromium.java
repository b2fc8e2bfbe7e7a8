package io.forebay.dashboard;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Debian's Chromium without a window, driven over its DevTools protocol.
 *
 * @see <a href="https://chromedevtools.github.io/devtools-protocol/">DevTools protocol</a>
 */
final class Chromium implements AutoCloseable {
  private static final Path BINARY = Path.of("/usr/bin/chromium");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final HttpClient client = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();

  /** What the page has said on the console, and errors that it did not catch. */
  private final List<String> console = new CopyOnWriteArrayList<>();

  private Chromium(Process process, String page) {
    this.process = process;
    this.socket = client.newWebSocketBuilder().buildAsync(URI.create(page), new Listener()).join();
  }

  static boolean isThere() {
    return Files.isExecutable(BINARY);
  }

  static Chromium start(Path profile) throws Exception {
    Process process =
        new ProcessBuilder(
                BINARY.toString(),
                "--headless",
                "--no-sandbox", // root has none
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader lines = process.errorReader();
    String browser = "";
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("DevTools listening on ")) {
        browser = line.substring("DevTools listening on ".length());
        break;
      }
    }
    Thread.ofVirtual().start(() -> lines.lines().forEach(line -> {}));
    URI list = URI.create("http://127.0.0.1:" + URI.create(browser).getPort() + "/json/list");
    try (HttpClient once = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(list).build();
      JsonNode pages = JSON.readTree(once.send(request, BodyHandlers.ofString()).body());
      Chromium chromium =
          new Chromium(process, pages.path(0).path("webSocketDebuggerUrl").asString());
      for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
        chromium.send(domain + ".enable", Map.of());
      }
      return chromium;
    }
  }

  JsonNode send(String method, Map<String, Object> params) {
    int id = ids.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    socket
        .sendText(
            JSON.writeValueAsString(Map.of("id", id, "method", method, "params", params)), true)
        .join();
    return answer.orTimeout(60, TimeUnit.SECONDS).join();
  }

  void open(String url) {
    send("Page.navigate", Map.of("url", url));
  }

  /** A window of this size, for a person who likes it light or dark. */
  void window(int width, int height, boolean dark) {
    send(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    Map<String, String> scheme =
        Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
    send("Emulation.setEmulatedMedia", Map.of("features", List.of(scheme)));
  }

  /** The value of a JavaScript expression. */
  JsonNode value(String expression) {
    JsonNode answer =
        send("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
    if (answer.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + answer.path("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  /** The text of the element with this id. */
  String text(String id) {
    return value("document.getElementById('" + id + "').textContent").asString();
  }

  void press(String key) {
    int code =
        switch (key) {
          case "Enter" -> 13;
          case "Escape" -> 27;
          case "ArrowDown" -> 40;
          default -> 9;
        };
    for (String type : List.of("keyDown", "keyUp")) {
      Map<String, Object> event =
          new HashMap<>(
              Map.of("type", type, "key", key, "code", key, "windowsVirtualKeyCode", code));
      if (key.equals("Enter")) {
        event.put("text", "\r");
      }
      send("Input.dispatchKeyEvent", event);
    }
  }

  void screenshot(Path file) throws IOException {
    String data = send("Page.captureScreenshot", Map.of()).path("data").asString();
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, Base64.getDecoder().decode(data));
  }

  List<String> console() {
    return console;
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      message.append(part);
      if (last) {
        take(JSON.readTree(message.toString()));
        message.setLength(0);
      }
      from.request(1);
      return null;
    }

    private void take(JsonNode told) {
      switch (told.path("method").asString("")) {
        case "" -> {
          CompletableFuture<JsonNode> answer = answers.remove(told.path("id").asInt());
          if (answer != null) {
            answer.complete(told.path("result"));
          }
        }
        case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded" ->
            console.add(told.path("params").toString());
        default -> {}
      }
    }
  }

  @Override
  public void close() {
    socket.abort();
    client.shutdownNow();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }
}
