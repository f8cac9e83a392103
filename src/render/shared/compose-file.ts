import type { ComposeService, FileRequest, ServerSetting } from "../../engines/engine.ts";
import type { Ir } from "../../ir/types.ts";
import { type Placed, servicesOf } from "./services.ts";

/** `compose.yaml`: the local servers, reachable from this machine only, each setting with its reason, the data in named volumes. */
export function composeFile(stores: readonly Placed[], ir: Ir): readonly FileRequest[] {
  const services = servicesOf(stores, ir).map(({ service }) => service);
  if (services.length === 0) return [];
  return [
    {
      path: "compose.yaml",
      ownership: "generated",
      unit: "project",
      template: "shared/compose.yaml.hbs",
      data: {
        services: services.map(serviceData),
        configs: services.flatMap(({ service, testDatabase }) =>
          testDatabase === undefined
            ? []
            : [{ name: configOf(service), content: literal(testDatabase.text) }],
        ),
        volumes: services.flatMap(({ service, data }) => (data === undefined ? [] : [service])),
      },
    },
  ];
}

function serviceData(declared: ComposeService): unknown {
  const { service, image, port, morePorts = [], healthcheck, data, testDatabase } = declared;
  return {
    service,
    image,
    ports: [port, ...morePorts].map((one) => `127.0.0.1:${one}:${one}`),
    environment: variablesOf(declared),
    command: commandOf(declared),
    config:
      testDatabase === undefined
        ? ""
        : {
            source: configOf(service),
            target: `/docker-entrypoint-initdb.d/${testDatabase.name}.sql`,
          },
    healthcheck: healthcheck.map(literal),
    volume: data === undefined ? "" : `${service}:${data}`,
  };
}

const configOf = (service: string): string => `${service}-test-database`;

interface Line<Value> {
  /** Why it is there; empty where nobody asks. */
  readonly reason: string;
  readonly values: readonly Value[];
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

const variables = (record: Readonly<Record<string, string>>): readonly Variable[] =>
  Object.entries(record).map(([name, value]) => ({ name, value: literal(value) }));

function variablesOf({ environment, settings }: ComposeService): readonly Line<Variable>[] {
  const own = { reason: "", values: variables(environment) };
  const given = settings.flatMap((setting) =>
    "variables" in setting
      ? [{ reason: reasonOf(setting), values: variables(setting.variables) }]
      : [],
  );
  return [own, ...given].filter(({ values }) => values.length > 0);
}

function commandOf({ command, settings }: ComposeService): readonly Line<string>[] {
  const own = { reason: "", values: command.map(literal) };
  const given = settings.flatMap((setting) =>
    "arguments" in setting
      ? [{ reason: reasonOf(setting), values: setting.arguments.map(literal) }]
      : [],
  );
  return [own, ...given].filter(({ values }) => values.length > 0);
}

const reasonOf = ({ reason, production }: ServerSetting): string =>
  production === undefined ? reason : `${reason}; in production: ${production}`;

/** Compose would put a variable in place of a single dollar sign. */
const literal = (text: string): string => text.replaceAll("$", "$$$$");
