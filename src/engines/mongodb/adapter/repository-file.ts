import type { EntityIr, RepositoryIr, StoreIr } from "../../../ir/types.ts";
import { code } from "../../../render/encode.ts";
import { stringLiteral } from "../../../render/encode.ts";
import { type Doc, hardline, indent, print } from "../../../render/document.ts";
import {
  arrayLiteral,
  entry,
  importLines,
  objectLiteral,
  openObject,
} from "../../../render/layout.ts";
import { ofEntity, type DeferredRequest } from "../../engine.ts";
import { guardOf, recordFilters } from "../../families/filter-declaration.ts";
import { apartOf, ownerProperty } from "../children.ts";
import { elementCodec, expires, expiryColumn, madeKeys } from "../fields.ts";
import {
  namedCodecsText,
  decoderDoc,
  encoderText,
  keyOfText,
  keyTextDoc,
  makesChildKeys,
  makesKeys,
  makesOwnKey,
} from "./document.ts";
import { methodTexts } from "./methods.ts";
import { allFields, Scope } from "./scope.ts";
import type { Entry } from "./source.ts";

/** The adapter of one entity: codecs, declarations and the repository made of them. */
export const repositoryFile = (store: StoreIr, repository: RepositoryIr): DeferredRequest =>
  ofEntity(repository.entity, () => {
    const { entity, factory, typeName, file } = repository;
    const scope = new Scope(repository);
    scope.runtime("codec", "named");
    const methods = repository.methods.flatMap((method) => methodTexts(scope, method));
    const helpers = helperTexts(repository);
    const adapter = { factory, typeName, collection: entity.property };
    const guard = guardOf(adapter, recordFilters(repository.methods), scope.imports);
    scope.declarations.unshift(storedText(repository));
    importAll(scope, repository);
    return {
      path: `{data}/stores/${store.name}/${file}.ts`,
      ownership: "generated",
      unit: `entities/${entity.name}`,
      template: "engines/mongodb/repository.ts.hbs",
      data: {
        imports: code(importLines(scope.imports)),
        codecs: code(namedCodecsText(entity)),
        declarations: [...scope.declarations, ...helpers, ...guard.declarations].map(code),
        factory,
        typeName,
        guard: code(guard.call),
        methods: methods.map(code),
      },
    };
  });

const inserts = ({ methods }: RepositoryIr): boolean =>
  methods.some(({ method }) => method.op === "insert" || method.op === "upsert");

function helperTexts(repository: RepositoryIr): readonly string[] {
  const { entity } = repository;
  return [
    ...(inserts(repository) ? [encoderText(entity)] : []),
    ...(entity.key.length === 1 ? [] : [keyOfText(entity)]),
  ];
}

function importAll(scope: Scope, repository: RepositoryIr): void {
  const { entity, typeName } = repository;
  const { imports } = scope;
  const named = allFields(entity).filter((field) => field.visible || field === entity.tenant);
  for (const field of named) scope.codec(field);
  imports
    .type(`../../domain/${entity.domainFile}.ts`, entity.name)
    .type(scope.port, typeName)
    .type("../../runtime/mongodb/session.ts", "MongoSession")
    .type("../../runtime/mongodb/declaration.ts", "CollectionDeclaration");
  if (entity.key.length > 1) imports.type(`../../domain/${entity.domainFile}.ts`, entity.keyType);
  const encodes = inserts(repository);
  if (encodes || entity.children.length > 0 || entity.key.length > 1)
    imports.type("mongodb", "Document");
  if (!encodes) return;
  imports.type(`../../domain/${entity.domainFile}.ts`, entity.newType);
  if (entity.children.length > 0) imports.value("../../runtime/mongodb/children.ts", "inOrder");
  if (makesOwnKey(entity)) scope.runtime("made-key", "keyOr");
  if (makesChildKeys(entity)) scope.runtime("made-key", "keyed");
  if (makesKeys(entity)) scope.runtime("made-key", "leftOut", "newKey");
  if (madeKeys(entity) !== undefined || makesChildKeys(entity)) scope.runtime("filter", "optional");
}

/** What the collection is, for every method. */
function storedText(repository: RepositoryIr): string {
  const { entity } = repository;
  const { tenant, historyTable } = entity;
  const keys = madeKeys(entity);
  const entries: readonly Entry[] = [
    ["collection", stringLiteral(entity.table)],
    ["entity", stringLiteral(entity.name)],
    ["decode", decoderDoc(entity)],
    ["keyText", keyTextDoc(entity)],
    ...(tenant === undefined
      ? []
      : [
          [
            "tenant",
            objectLiteral([
              ["property", stringLiteral(tenant.column)],
              ["encode", ["(tenant) => ", elementCodec(tenant), ".encode(tenant)"]],
            ]),
          ] as const,
        ]),
    ...managed(entity),
    ...(expires(repository) ? [["expiresAt", stringLiteral(expiryColumn)] as const] : []),
    ...(entity.audit && historyTable !== undefined
      ? [["history", stringLiteral(historyTable)] as const]
      : []),
    ...(keys === undefined ? [] : [["keys", stringLiteral(keys)] as const]),
    ...childEntries(entity),
  ];
  const body = openObject(entries.map(([name, value]) => entry(name, value)));
  return print([`const stored: CollectionDeclaration<${entity.name}> = `, body, ";"]);
}

/** Owned documents that are kept beside their root's. */
export function childEntries(entity: EntityIr): readonly Entry[] {
  const apart = apartOf(entity);
  if (apart.length === 0) return [];
  const declared = apart.map((child) =>
    objectLiteral([
      ["property", stringLiteral(child.property)],
      ["collection", stringLiteral(child.entity.table)],
      ["owner", stringLiteral(ownerProperty)],
      ["order", arrayLiteral(child.localKey.map(({ column }) => stringLiteral(column)))],
    ]),
  );
  return [
    ["children", ["[", indent(declared.map((one): Doc => [hardline, one, ","])), hardline, "]"]],
  ];
}

const managed = (entity: EntityIr): readonly Entry[] =>
  (["version", "createdAt", "updatedAt", "deletedAt"] as const).flatMap((name) => {
    const field = entity[name];
    return field === undefined ? [] : [[name, stringLiteral(field.column)] as const];
  });
