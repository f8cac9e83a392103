import type { FileRequest } from "../../engines/engine.ts";
import type { Ir, StoreIr } from "../../ir/types.ts";
import type { Model } from "../../spec/model.ts";
import { print } from "../document.ts";
import { yamlScalar } from "../encode.ts";
import { jsonDocument } from "../layout.ts";

/**
 * `ops/`: alert rules and a dashboard over the metrics of the runtime. Names are those of the OpenTelemetry database conventions as
 * Prometheus writes them: dots become underscores, the unit is appended.
 */
export function observabilityFiles(ir: Ir, model: Model): readonly FileRequest[] {
  const file = (path: string, text: string): FileRequest => ({
    path,
    ownership: "generated",
    unit: "project",
    text,
  });
  return [
    file(
      "ops/alerts.yaml",
      alertsText(model.project, [...latencyAlerts(ir, model), ...failureAlerts]),
    ),
    file("ops/dashboard.json", `${print(jsonDocument(dashboard(ir, model)))}\n`),
  ];
}

interface Alert {
  readonly name: string;
  readonly expression: string;
  /** How long it must hold, in minutes. */
  readonly minutes: number;
  readonly summary: string;
}

const duration = "db_client_operation_duration_seconds";

/** Failures by the `error.type` that the runtime reports: the kinds of its errors. */
const failureAlerts: readonly Alert[] = [
  {
    name: "DataOutcomeUnknown",
    expression: `increase(${duration}_count{error_type="outcome-unknown"}[15m]) > 0`,
    minutes: 0,
    summary:
      "Replies to writes were lost; give these calls an operation id, or check what was applied.",
  },
  {
    name: "DataStoreUnavailable",
    expression: `rate(${duration}_count{error_type="unavailable"}[5m]) > 0`,
    minutes: 2,
    summary: "A store cannot be reached.",
  },
  {
    name: "DataStoreOverloaded",
    expression: `rate(${duration}_count{error_type="overloaded"}[5m]) > 0`,
    minutes: 5,
    summary: "Calls are refused for lack of capacity: pool, connections or memory of the store.",
  },
  {
    name: "DataStoreRefusesCredentials",
    expression: `increase(${duration}_count{error_type="auth"}[5m]) > 0`,
    minutes: 0,
    summary: "A store refuses the credentials or a permission.",
  },
  {
    name: "DataPoolExhausted",
    expression:
      "max by (db_client_connection_pool_name) (db_client_connection_pending_requests) > 0",
    minutes: 5,
    summary:
      "Callers wait for connections: raise the pool within the server's limit, or shorten transactions.",
  },
];

interface Objective {
  readonly workload: string;
  readonly collection: string;
  readonly p99Ms: number;
}

/** One objective per collection of a workload that states a p99. */
function objectives(ir: Ir, model: Model): readonly Objective[] {
  const asked = new Map(model.workloads.map(({ name, sla }) => [name, sla.p99Ms]));
  return ir.stores.flatMap((store) =>
    collectionsOf(store).flatMap(({ workload, collection }) => {
      const p99Ms = asked.get(workload);
      return p99Ms === undefined ? [] : [{ workload, collection, p99Ms }];
    }),
  );
}

const collectionsOf = ({ repositories, views }: StoreIr) => [
  ...repositories.map(({ workload, entity }) => ({ workload, collection: entity.table })),
  ...views.map(({ workload, property }) => ({ workload, collection: property })),
];

const p99 = (collection: string): string =>
  `histogram_quantile(0.99, sum by (le) (rate(${duration}_bucket{db_collection_name=${JSON.stringify(collection)}}[5m])))`;

const latencyAlerts = (ir: Ir, model: Model): readonly Alert[] =>
  objectives(ir, model).map(({ workload, collection, p99Ms }) => ({
    name: "DataSlowerThanAgreed",
    expression: `${p99(collection)} > ${p99Ms / 1000}`,
    minutes: 10,
    summary: `The p99 of ${collection} is above the ${p99Ms} ms that workload ${workload} states.`,
  }));

function alertsText(project: string, alerts: readonly Alert[]): string {
  const rules = alerts.flatMap(({ name, expression, minutes, summary }) => [
    `      - alert: ${name}`,
    `        expr: ${yamlScalar(expression)}`,
    ...(minutes === 0 ? [] : [`        for: ${minutes}m`]),
    "        annotations:",
    `          summary: ${yamlScalar(summary)}`,
  ]);
  return [
    "groups:",
    `  - name: ${yamlScalar(`${project}-data-layer`)}`,
    "    rules:",
    ...rules,
    "",
  ].join("\n");
}

/** A Grafana dashboard: rate, errors and p99 per collection, pools per store. */
function dashboard(ir: Ir, model: Model): unknown {
  const rate = `sum by (db_collection_name, db_operation_name) (rate(${duration}_count[5m]))`;
  const errors = `sum by (error_type) (rate(${duration}_count{error_type!=""}[5m]))`;
  const slow = `histogram_quantile(0.99, sum by (le, db_collection_name) (rate(${duration}_bucket[5m])))`;
  const pools = "db_client_connection_count";
  const agreed = objectives(ir, model).map(({ workload, collection, p99Ms }) =>
    panel(`${workload}: p99 of ${collection}, ${p99Ms} ms agreed`, "s", p99(collection), "p99"),
  );
  const panels = [
    panel("Calls per second", "ops", rate, "{{db_collection_name}} {{db_operation_name}}"),
    panel("Failures per second", "ops", errors, "{{error_type}}"),
    panel("p99", "s", slow, "{{db_collection_name}}"),
    panel(
      "Connections",
      "short",
      pools,
      "{{db_client_connection_pool_name}} {{db_client_connection_state}}",
    ),
    ...agreed,
  ];
  return {
    title: `${model.project}: data layer`,
    schemaVersion: 39,
    time: { from: "now-6h", to: "now" },
    panels: panels.map((one, at) => ({
      id: at + 1,
      ...one,
      gridPos: { x: (at % 2) * 12, y: Math.floor(at / 2) * 8, w: 12, h: 8 },
    })),
  };
}

const panel = (title: string, unit: string, expr: string, legendFormat: string) => ({
  type: "timeseries",
  title,
  fieldConfig: { defaults: { unit } },
  targets: [{ refId: "A", expr, legendFormat }],
});
