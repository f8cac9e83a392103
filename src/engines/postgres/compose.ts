import type { ComposeService, ServerSetting } from "../engine.ts";

/** Sized for a machine that the development server shares. */
const settings: readonly ServerSetting[] = [
  {
    name: "shared_buffers",
    value: "256MB",
    reason: "pages stay in memory: the default of 128 MB is for the smallest machines",
    production: "a quarter of the machine's memory",
  },
  {
    name: "effective_cache_size",
    value: "1GB",
    reason: "tells the planner what the system's cache holds, so that it prefers indexes",
    production: "half to three quarters of the machine's memory",
  },
  {
    name: "maintenance_work_mem",
    value: "256MB",
    reason: "an HNSW index is built in memory, else its build slows down many times (PV-08)",
    production: "1 GB; more than the largest HNSW index while that is built",
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
  command: ["postgres"],
  settings: settings.map((setting) => ({
    ...setting,
    arguments: ["-c", `${setting.name}=${setting.value}`],
  })),
  // Over TCP: while the image makes the database, a server of its own listens on the socket alone.
  healthcheck: ["CMD", "pg_isready", "--host=127.0.0.1", "--username=app"],
  testDatabase: { name: "app_test", text: "create database app_test;" },
  // From 18 on the image keeps the data in a folder below, named by the version.
  data: "/var/lib/postgresql",
};
