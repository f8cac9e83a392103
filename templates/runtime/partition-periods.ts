/** Calendar units, in UTC, by which a table is partitioned. */
export type PartitionUnit = "day" | "month" | "year";

/** One of them: the rows from `from` on, and before `to`. */
export interface PartitionPeriod {
  /** `2026`, `2026-11` or `2026-11-22` */
  readonly label: string;
  readonly from: Date;
  readonly to: Date;
}

const labelLength: Readonly<Record<PartitionUnit, number>> = { day: 10, month: 7, year: 4 };

/** The period that `now` lies in, and the next ones. @param ahead how many of those */
export function periodsFrom(
  now: Date,
  unit: PartitionUnit,
  ahead: number,
): readonly PartitionPeriod[] {
  return Array.from({ length: ahead + 1 }, (_, at) => {
    const from = startOf(now, unit, at);
    return {
      label: from.toISOString().slice(0, labelLength[unit]),
      from,
      to: startOf(now, unit, at + 1),
    };
  });
}

function startOf(now: Date, unit: PartitionUnit, later: number): Date {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  switch (unit) {
    case "day":
      return new Date(Date.UTC(year, month, day + later));
    case "month":
      return new Date(Date.UTC(year, month + later, 1));
    case "year":
      return new Date(Date.UTC(year + later, 0, 1));
  }
}
