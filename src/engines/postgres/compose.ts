import type { ComposeService } from "../engine.ts";

/** One setting of the local server, and why. */
interface Setting {
  readonly name: string;
  readonly value: string;
  readonly reason: string;
}

/** Settings of the development server, sized for a machine that it shares. */
export const settings: readonly Setting[] = [
  {
    name: "shared_buffers",
    value: "256MB",
    reason: "pages stay in memory: the default of 128 MB is for the smallest machines",
  },
  {
    name: "effective_cache_size",
    value: "1GB",
    reason: "tells the planner what the system's cache holds, so that it prefers indexes",
  },
  {
    name: "maintenance_work_mem",
    value: "256MB",
    reason: "an HNSW index is built in memory, else its build slows down many times (PV-08)",
  },
  {
    name: "random_page_cost",
    value: "1.1",
    reason: "solid-state disks read at random nearly as fast as in order",
  },
  {
    name: "log_min_duration_statement",
    value: "250ms",
    reason: "a slow statement shows in the log, without its values",
  },
  {
    name: "log_parameter_max_length",
    value: "0",
    reason: "values may be personal: they stay out of the log",
  },
  {
    name: "idle_in_transaction_session_timeout",
    value: "60s",
    reason: "a forgotten transaction holds locks and stops vacuum",
  },
  {
    name: "track_io_timing",
    value: "on",
    reason: "explain (analyze, buffers) then says what waited for the disk",
  },
];

/** PostgreSQL with pgvector, for development. */
export const compose: ComposeService = {
  service: "postgres",
  image: "pgvector/pgvector:0.8.1-pg18",
  port: 5432,
  environment: { POSTGRES_USER: "app", POSTGRES_PASSWORD: "password", POSTGRES_DB: "app" },
  command: ["postgres", ...settings.flatMap(({ name, value }) => ["-c", `${name}=${value}`])],
  healthcheck: ["CMD", "pg_isready", "--username=app"],
};
