import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { OpenCalls } from "../../harness/contender-process.ts";
import { discardMetrics, discardSpans } from "../telemetry.ts";
import { open as openOurs } from "./ours.ts";

export const open: OpenCalls = async (given) => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  metrics.setGlobalMeterProvider(discardMetrics());
  trace.setGlobalTracerProvider(discardSpans());
  return openOurs(given);
};
