import { inspect } from "node:util";
import { type DataError, isDataError, programmingError } from "./errors.ts";

/** What a store accepts as DSN. An engine's DSN specification fits. */
export interface DsnRules {
  /** `embedded`: a store in process, which has a path and no host. */
  readonly schemes: readonly { readonly scheme: string; readonly embedded?: boolean }[];
  /**
   * Query parameters that may be given; any other is refused. A `flag` is true or false, another may have a closed list of values, which
   * `orName` opens to what is defined elsewhere under a name.
   */
  readonly parameters: readonly {
    readonly name: string;
    readonly flag?: boolean;
    readonly values?: readonly string[];
    readonly orName?: boolean;
  }[];
  readonly examples?: readonly { readonly dsn: string }[];
}

export interface DsnHost {
  readonly host: string;
  readonly port?: number;
}

interface DsnParts {
  /** Lower case, without the colon. */
  readonly scheme: string;
  /** Empty when the DSN has no `//`: an embedded store. */
  readonly hosts: readonly DsnHost[];
  readonly user?: string;
  /** Decoded, without its leading slash where there are hosts: database, index, folder. */
  readonly path: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** A parsed DSN. However it is printed (text, JSON, inspect, an error), the password is not. */
export class Dsn implements DsnParts {
  readonly scheme: string;
  readonly hosts: readonly DsnHost[];
  declare readonly user?: string;
  readonly path: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly #password: string | undefined;
  readonly #text: string;
  readonly #variable: string;

  /** @param variable what it came from, for messages */
  constructor(parts: DsnParts, password: string | undefined, text: string, variable = "the DSN") {
    this.scheme = parts.scheme;
    this.hosts = parts.hosts;
    if (parts.user !== undefined) this.user = parts.user;
    this.path = parts.path;
    this.parameters = parts.parameters;
    this.#password = password;
    this.#text = text;
    this.#variable = variable;
  }

  /** Decoded; for the driver only. */
  get password(): string | undefined {
    return this.#password;
  }

  /** The DSN as it was given, password included; for drivers that take nothing else. */
  reveal(): string {
    return this.#text;
  }

  /** `MAIN_URL`: what it came from. */
  get variable(): string {
    return this.#variable;
  }

  /** `MAIN_URL: 127.0.0.1:5432`: what it came from and where it leads; nothing secret. */
  get place(): string {
    return `${this.#variable}: ${this.hosts.length === 0 ? this.path : this.#hosts()}`;
  }

  toString(): string {
    const user = this.user === undefined ? "" : encodeURIComponent(this.user);
    const login = this.#password === undefined ? user : `${user}:***`;
    const query = [...this.parameters].map(
      ([name, value]) => `${name}=${secretName.test(name) ? "***" : encodeURIComponent(value)}`,
    );
    const place =
      this.hosts.length === 0
        ? this.path
        : `//${login}${login === "" ? "" : "@"}${this.#hosts()}${this.path === "" ? "" : `/${this.path}`}`;
    return `${this.scheme}:${place}${query.length === 0 ? "" : `?${query.join("&")}`}`;
  }

  #hosts(): string {
    const written = ({ host, port }: DsnHost): string =>
      `${host.includes(":") ? `[${host}]` : host}${port === undefined ? "" : `:${port}`}`;
    return this.hosts.map(written).join(",");
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return `Dsn <${this.toString()}>`;
  }
}

const secretName = /pass|secret|token|key|auth|cred|sign/i;

/** Parses and checks a DSN. No message of it repeats any part of the text but the plain name of a parameter. @throws DataError programming */
export function parseDsn(text: string, rules: DsnRules, variable = "the DSN"): Dsn {
  const refuse = (what: string): never => {
    throw wrongDsn(variable, what, rules);
  };
  if (text.includes("#"))
    refuse(
      "has a #, which ends an address; percent-encode it as %23 where it is part of a password",
    );
  const shape =
    /^([a-z][a-z0-9+.-]*):(\/\/)?([^?#]*)(?:\?([^#]*))?$/is.exec(text) ??
    refuse("is not of the form scheme://user:password@host/name?parameter=value");
  const [, written = "", slashes, rest = "", query = ""] = shape;
  const scheme = written.toLowerCase();
  const known =
    rules.schemes.find((accepted) => accepted.scheme.replace(/:$/, "") === scheme) ??
    refuse("has another scheme");
  if (/[\s\p{Cc}]/u.test(text))
    refuse("contains white space or control characters; percent-encode them");
  // What is cut off at a question mark may be half of a password, where no @ came before it.
  const sayable = slashes === undefined || rest.includes("@") || !rest.includes(":");
  const parameters = parseParameters(query, rules, { refuse, sayable });
  if (slashes !== undefined) {
    if (known.embedded === true)
      refuse(
        `has a host, and ${scheme}: runs in process: write the path after the colon, ${scheme}:./folder or ${scheme}:/folder`,
      );
    const { password, ...place } = parsePlace(rest, refuse);
    return new Dsn({ ...place, scheme, parameters }, password, text, variable);
  }
  if (rest.includes("@")) refuse("has an @ but no //; percent-encode it in a path");
  const path = decode(rest, refuse);
  return new Dsn({ scheme, hosts: [], path, parameters }, undefined, text, variable);
}

type Place = Pick<DsnParts, "hosts" | "path" | "user"> & { readonly password: string | undefined };

/** `user:password@host:port,host:port/path` */
function parsePlace(text: string, refuse: Refuse): Place {
  const slash = text.indexOf("/");
  const authority = slash === -1 ? text : text.slice(0, slash);
  const path = slash === -1 ? "" : text.slice(slash + 1);
  const at = authority.indexOf("@");
  if (path.includes("@") || authority.includes("@", at + 1)) {
    refuse("has a reserved character (@ / : ? #) in user or password; percent-encode it");
  }
  const [user, password] = parseLogin(at === -1 ? "" : authority.slice(0, at), refuse);
  const hosts = authority
    .slice(at + 1)
    .split(",")
    .map((host) => parseHost(host, refuse));
  return { hosts, path: decode(path, refuse), password, ...(user !== undefined && { user }) };
}

/** Reads one store's DSN from the environment. @throws DataError programming naming the variable and an example, never the value */
export function dsnFromEnv(
  env: Readonly<Record<string, string | undefined>>,
  variable: string,
  rules: DsnRules,
): Dsn {
  const text = env[variable]?.trim();
  if (text === undefined || text === "") throw wrongDsn(variable, "is not set", rules);
  return parseDsn(text, rules, variable);
}

/** Every variable that is missing or malformed at once, with an example of each. @throws DataError programming */
export function requireDsns(
  env: Readonly<Record<string, string | undefined>>,
  variables: Readonly<Record<string, DsnRules>>,
): void {
  const faults = Object.entries(variables).flatMap(([variable, rules]) => {
    try {
      dsnFromEnv(env, variable, rules);
      return [];
    } catch (error) {
      if (!isDataError(error)) throw error;
      return [{ variable, missing: (env[variable]?.trim() ?? "") === "", error }];
    }
  });
  const [first] = faults;
  if (first === undefined) return;
  if (faults.length === 1) throw first.error;
  const missing = faults.flatMap((fault) => (fault.missing ? [fault.variable] : []));
  const malformed = faults.flatMap((fault) => (fault.missing ? [] : [fault.error.message]));
  const none =
    missing.length === 0
      ? []
      : [`${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not set`];
  const examples = faults.flatMap(({ variable }) => {
    const dsn = variables[variable]?.examples?.[0]?.dsn;
    return dsn === undefined ? [] : [`  ${variable}=${dsn}`];
  });
  throw programmingError([...none, ...malformed].join("; "), {
    operation: "configuration",
    ...(examples.length === 0 ? {} : { hint: ["for example", ...examples].join("\n") }),
  });
}

type Refuse = (what: string) => never;

function parseLogin(
  login: string,
  refuse: Refuse,
): readonly [string | undefined, string | undefined] {
  const colon = login.indexOf(":");
  const user = decode(colon === -1 ? login : login.slice(0, colon), refuse);
  const password = colon === -1 ? undefined : decode(login.slice(colon + 1), refuse);
  return [user === "" ? undefined : user, password === "" ? undefined : password];
}

function parseHost(text: string, refuse: Refuse): DsnHost {
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9a-f:.%]+)\]|([^:[\]]*))(?::(\d{1,5}))?$/i.exec(text) ??
    refuse("has a malformed host or port; a password must be percent-encoded");
  const host = decode(bracketed ?? plain ?? "", refuse);
  if (host === "") refuse("names no host");
  if (digits === undefined) return { host };
  const port = Number(digits);
  if (port < 1 || port > 65_535) refuse("has a port outside 1 to 65535");
  return { host, port };
}

function parseParameters(
  query: string,
  rules: DsnRules,
  { refuse, sayable }: { readonly refuse: Refuse; readonly sayable: boolean },
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (query.includes("@")) refuse("has an @ after the question mark; percent-encode it");
  for (const pair of query.split("&").filter((part) => part !== "")) {
    const equals = pair.indexOf("=");
    const name = decode(equals === -1 ? pair : pair.slice(0, equals), refuse);
    const rule =
      rules.parameters.find((parameter) => parameter.name === name) ??
      refuse(
        `has a parameter${sayable && equals !== -1 && plainName.test(name) ? ` ${name}` : ""} that is not allowed; allowed: ${rules.parameters.map((parameter) => parameter.name).join(", ") || "none"}`,
      );
    if (found.has(name)) refuse(`has the parameter ${name} twice`);
    const value = equals === -1 ? "" : decode(pair.slice(equals + 1), refuse);
    if (rule.flag === true && value !== "true" && value !== "false")
      refuse(`has a parameter ${name} that is neither true nor false`);
    if (
      rule.values?.includes(value) === false &&
      !(rule.orName === true && isName(value, rule.values))
    )
      refuse(
        `has a parameter ${name} that is none of ${rule.values.join(", ")}${rule.orName === true ? ", and no name" : ""}${meantText(value, rule.values)}`,
      );
    found.set(name, value);
  }
  return found;
}

const plainName = /^[a-z][a-z_-]{0,39}$/i;

/** A letter, then letters, digits, dashes and underscores; what is nearly one of the values is taken for a slip, not for a name. */
const isName = (text: string, values: readonly string[]): boolean =>
  /^[a-z][\w-]{0,127}$/i.test(text) && slipOf(text, values) === undefined;

const meantText = (text: string, values: readonly string[]): string => {
  const slip = slipOf(text, values);
  return slip === undefined ? "" : `; it looks like ${slip}`;
};

/** The value that was meant: of other case, or of a longer word one or two letters are wrong. A digit, dash or underscore is on purpose. */
const slipOf = (text: string, values: readonly string[]): string | undefined =>
  values.find((value) => {
    const [one, other] = [text.toLowerCase(), value.toLowerCase()];
    if (one === other) return true;
    return value.length > 5 && /^[a-z]{4,20}$/.test(one) && edits(one, other) <= 2;
  });

/** Letters to add, to leave out or to change. */
function edits(one: string, other: string): number {
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let at = 0; at < one.length; at += 1) {
    const row = [at + 1];
    for (let to = 0; to < other.length; to += 1) {
      const changed = (last[to] ?? 0) + (one[at] === other[to] ? 0 : 1);
      row.push(Math.min(changed, (last[to + 1] ?? 0) + 1, (row[to] ?? 0) + 1));
    }
    last = row;
  }
  return last[other.length] ?? 0;
}

function decode(text: string, refuse: Refuse): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse("has a malformed percent-encoding");
  }
}

function wrongDsn(variable: string, what: string, rules: DsnRules): DataError {
  const schemes = rules.schemes.map(({ scheme }) => `${scheme.replace(/:$/, "")}:`).join(", ");
  const example = rules.examples?.[0]?.dsn;
  return programmingError(`${variable} ${what}. Accepted schemes: ${schemes}`, {
    operation: "configuration",
    ...(example === undefined ? {} : { hint: `for example ${variable}=${example}` }),
  });
}
