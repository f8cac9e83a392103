import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { discardMetrics, discardSpans } from "../telemetry.ts";
import type { OpenContender } from "./contender.ts";
import { open as openOurs } from "./ours.ts";

export const open: OpenContender = async (place) => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  metrics.setGlobalMeterProvider(discardMetrics());
  trace.setGlobalTracerProvider(discardSpans());
  return openOurs(place);
};
