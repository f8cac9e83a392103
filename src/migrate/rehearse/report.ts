import type { FittingReport } from "./fitting.ts";
import { refusalText } from "./refusal.ts";

/** A report as lines and the rows of its tables. */
export interface ReportLines {
  readonly head: string;
  /** Table, rows, why there are fewer. */
  readonly filled: readonly (readonly string[])[];
  /** What, rows, stage, class. */
  readonly losses: readonly (readonly string[])[];
  /** Rows that steps refuse, as they say. */
  readonly refusals: readonly string[];
  readonly findings: readonly string[];
  readonly verdict: string;
}

export function reportLines(store: string, report: FittingReport): ReportLines {
  const { change, filled, losses, refusals, findings, stages, oneWay } = report;
  const ran = stages.map(({ stage, rows }) => `${stage} (${rows} rows)`).join(", ");
  const told = losses.filter((loss) => loss.told !== undefined);
  return {
    head: `${store}: ${change.join(", ")}`,
    filled: filled.map(({ part, rows, refused }) => [part, String(rows), refused ?? ""]),
    losses: losses.map(({ part, column, rows, stage, what, told: step }) => [
      `${column === undefined ? part : `${part}.${column}`}: ${what}`,
      String(rows),
      stage,
      step ?? "NOT TOLD",
    ]),
    refusals: refusals.map(refusalText),
    findings,
    verdict:
      findings.length > 0
        ? `${store}: ${findings.length} ${findings.length === 1 ? "finding" : "findings"}; ran: ${ran}`
        : `${store}: ${told.length === 0 ? "nothing that was there before is lost" : "lost is only what its steps say"}${oneWay ? "; there is no way down" : ""}; ran: ${ran}`,
  };
}
