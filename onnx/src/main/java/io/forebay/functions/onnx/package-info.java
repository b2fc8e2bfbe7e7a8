/** Inference of ONNX models, with ONNX Runtime. */
@NullMarked
package io.forebay.functions.onnx;

import org.jspecify.annotations.NullMarked;
