import type { SignatureIr, TypeIr } from "../ir/types.ts";
import { noteOf, type SpecChange } from "./change.ts";
import { renamed, type Renames, withOwnTypes } from "./renames.ts";

const api = noteOf("api");

/** A method as its callers see it. */
export interface Callable {
  readonly signature: SignatureIr;
  readonly types: readonly TypeIr[];
}

export interface CallContext {
  /** `orders.listByCustomer()` */
  readonly subject: string;
  readonly renames: Renames;
  /** Properties of filters, patches and answers that follow a renamed field. */
  readonly properties: Renames;
}

/** Differences in parameters, answer and the types that they name. */
export function callChanges(
  before: Callable,
  after: Callable,
  context: CallContext,
): readonly SpecChange[] {
  const renames = withOwnTypes(context.renames, before.types, after.types);
  const own = { ...context, renames };
  return [
    ...parameterChanges(before.signature, after.signature, own),
    ...answerChange(before.signature, after.signature, own),
    ...typeChanges(before, after, own),
  ];
}

function parameterChanges(
  before: SignatureIr,
  after: SignatureIr,
  { subject, renames }: CallContext,
): readonly SpecChange[] {
  const [old, now] = [before.parameters, after.parameters];
  const more = now.slice(old.length);
  const fits = old.every((parameter, at) => {
    const next = now[at];
    return (
      next !== undefined &&
      takes(next.type, renamed(parameter.type, renames)) &&
      (next.optional || !parameter.optional)
    );
  });
  const same =
    more.length === 0 &&
    old.every(
      (parameter, at) =>
        renamed(parameter.type, renames) === now[at]?.type &&
        parameter.optional === now[at].optional,
    );
  if (same) return [];
  const what = `${list(before)} → ${list(after)}`;
  return fits && more.every(({ optional }) => optional)
    ? [api("additive", subject, what, "every call of before is still one")]
    : [api("breaking", subject, what, "calls of before do not fit")];
}

const list = ({ parameters }: SignatureIr): string =>
  `(${parameters.map(({ name, type, optional }) => `${name}${optional ? "?" : ""}: ${type}`).join(", ")})`;

/** Whether a parameter of type `wider` takes what `type` could be. */
const takes = (wider: string, type: string): boolean =>
  wider === type ||
  members(type).every((member) => members(wider).includes(member)) ||
  (type === "WriteOptions" && wider === "VersionedWriteOptions");

const members = (type: string): readonly string[] =>
  /[<({]/.test(type) ? [type] : type.split(" | ");

function answerChange(
  before: SignatureIr,
  after: SignatureIr,
  { subject, renames }: CallContext,
): readonly SpecChange[] {
  const old = renamed(before.returns, renames);
  if (old === after.returns) return [];
  const what = `answers ${old} → ${after.returns}`;
  return takes(old, after.returns)
    ? [api("additive", subject, what, "it is one of what callers handle already")]
    : [api("breaking", subject, what, "callers handle another answer")];
}

/** Types that the method declares: a filter or patch that callers make, a row or hit that they read. */
function typeChanges(
  before: Callable,
  after: Callable,
  context: CallContext,
): readonly SpecChange[] {
  const given = after.signature.parameters.map(({ type }) => type).join(" ");
  return after.types.flatMap((type) => {
    const old = before.types.find(({ name }) => renamed(name, context.renames) === type.name);
    if (old === undefined) return [];
    return new RegExp(String.raw`\b${type.name}\b`).test(given)
      ? inputChanges(old, type, context)
      : outputChanges(old, type, context);
  });
}

type Property = TypeIr["properties"][number];

/** Properties of two versions of a type side by side. */
function sides(before: TypeIr, after: TypeIr, { properties, renames }: CallContext) {
  const old = new Map(
    before.properties.map((property): readonly [string, Property] => [
      properties.get(property.name) ?? property.name,
      { ...property, type: renamed(property.type, renames) },
    ]),
  );
  const now = new Map(after.properties.map((property) => [property.name, property]));
  return { old, now };
}

function inputChanges(before: TypeIr, after: TypeIr, context: CallContext): readonly SpecChange[] {
  const { old, now } = sides(before, after, context);
  const at = (name: string): string => `${context.subject} ${after.name}.${name}`;
  const gone = [...old.keys()].filter((name) => !now.has(name));
  return [
    ...gone.map((name) => api("breaking", at(name), "removed", "callers that give it fail")),
    ...[...now.values()].flatMap((property) => {
      const from = old.get(property.name);
      const subject = at(property.name);
      if (from === undefined)
        return property.optional
          ? [api("additive", subject, "added", "nobody has to give it")]
          : [api("breaking", subject, "added, required", "calls without it fail")];
      if (from.optional && !property.optional)
        return [api("breaking", subject, "required now", "calls without it fail")];
      if (from.type === property.type)
        return from.optional === property.optional
          ? []
          : [api("additive", subject, "may be left out now", "callers may go on giving it")];
      const what = `${from.type} → ${property.type}`;
      return takes(property.type, from.type)
        ? [api("additive", subject, what, "what was accepted is accepted")]
        : [api("breaking", subject, what, "values of before do not fit")];
    }),
  ];
}

function outputChanges(before: TypeIr, after: TypeIr, context: CallContext): readonly SpecChange[] {
  const { old, now } = sides(before, after, context);
  const at = (name: string): string => `${context.subject} ${after.name}.${name}`;
  const gone = [...old.keys()].filter((name) => !now.has(name));
  const fresh = [...now.keys()].filter((name) => !old.has(name));
  const changed = [...now.values()].flatMap((property) => {
    const from = old.get(property.name);
    if (from === undefined || (from.type === property.type && from.optional === property.optional))
      return [];
    const fits = takes(from.type, property.type) && (from.optional || !property.optional);
    const what = `${from.type} → ${property.type}`;
    return fits
      ? [api("additive", at(property.name), what, "readers meet nothing that they do not know")]
      : [api("breaking", at(property.name), what, "readers handle another type")];
  });
  return [
    ...gone.map((name) => api("breaking", at(name), "removed", "code that reads it fails")),
    ...fresh.map((name) => api("additive", at(name), "added", "readers need not look at it")),
    ...changed,
  ];
}
