import { metrics } from "@opentelemetry/api";
import { discardMetrics } from "../telemetry.ts";
import type { OpenContender } from "./contender.ts";
import { open as openOurs } from "./ours.ts";

export const open: OpenContender = async (place) => {
  metrics.setGlobalMeterProvider(discardMetrics());
  return openOurs(place);
};
