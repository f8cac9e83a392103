import type { EntityIr, RepositoryIr, StoreIr } from "../../../ir/types.ts";
import { feedName, repositoryTypeName, fileStem } from "../../../ir/names.ts";
import { type Doc, group, indent, line, print } from "../../../render/document.ts";
import { code, stringLiteral } from "../../../render/encode.ts";
import { call, docBlock, entry, importLines, openObject } from "../../../render/layout.ts";
import { type DeferredRequest, ofEntity } from "../../engine.ts";
import { elementCodec, expires, expiryColumn } from "../fields.ts";
import { access, codecsText, decodedDoc, keyTextDoc } from "./document.ts";
import { childEntries } from "./repository-file.ts";
import { allFields, Scope } from "./scope.ts";
import { declaration, type Entry } from "./source.ts";

/** `product-feed.ts`: every document of an entity for the views that copy it. */
export const feedFile = (store: StoreIr, entity: EntityIr): DeferredRequest =>
  ofEntity(entity, () => {
    const scope = new Scope({ entity, file: fileStem(repositoryTypeName(entity.name)) });
    const repository = store.repositories.find((one) => one.entity === entity);
    importAll(scope);
    const name = feedName(entity.name);
    const head = docBlock([
      `Every ${entity.name} in the order of its key, for the views in other stores that copy it.`,
    ]);
    const factory = print([
      `export const ${name} = (session: MongoSession): ViewFeed<${entity.name}> =>`,
      group(indent([line, call("viewFeed", ["session", "rows"])])),
      ";",
    ]);
    return {
      path: `{data}/stores/${store.name}/${entity.file}-feed.ts`,
      ownership: "generated",
      unit: `entities/${entity.name}`,
      template: "shared/module.ts.hbs",
      data: {
        imports: code(importLines(scope.imports)),
        parts: [
          code(codecsText(entity)),
          code(rowsText(entity, repository)),
          code(`${head}${factory}`),
        ],
      },
    };
  });

function importAll(scope: Scope): void {
  const { entity } = scope;
  for (const field of allFields(entity).filter((one) => one.visible || one === entity.tenant))
    scope.codec(field);
  scope.imports.type("mongodb", "Document");
  scope.imports
    .type(`../../domain/${entity.domainFile}.ts`, entity.name)
    .type("../../runtime/view.ts", "ViewFeed", "ViewRow")
    .type("../../runtime/mongodb/declaration.ts", "ListDeclaration")
    .type("../../runtime/mongodb/session.ts", "MongoSession")
    .value("../../runtime/mongodb/feed.ts", "viewFeed");
}

/** The list that the feed reads: of all tenants, so none is named. */
function rowsText(entity: EntityIr, repository: RepositoryIr | undefined): string {
  const { deletedAt } = entity;
  const of: readonly Entry[] = [
    ["collection", stringLiteral(entity.table)],
    ["entity", stringLiteral(entity.name)],
    ["decode", ["(document) => (", rowDoc(entity), ")"]],
    ["keyText", "keyText"],
    ...(deletedAt === undefined ? [] : [["deletedAt", stringLiteral(deletedAt.column)] as const]),
    ...(expires(repository) ? [["expiresAt", stringLiteral(expiryColumn)] as const] : []),
    ...childEntries(entity),
  ];
  const key = print(["const keyText = ", keyTextDoc(entity, "(document: Document)"), ";"]);
  const list = declaration(
    "rows",
    `ListDeclaration<ViewRow<${entity.name}>>`,
    "`find().sort(_id)`",
    [
      ["operation", stringLiteral(`${entity.property}.feed`)],
      ["effect", stringLiteral("read")],
      ["collection", stringLiteral(entity.table)],
      ["of", openObject(of.map(([name, value]) => entry(name, value)))],
      ["order", `[{ property: "_id", direction: "asc" }]`],
    ],
  );
  return `${key}\n\n${list}`;
}

function rowDoc(entity: EntityIr): Doc {
  const { tenant } = entity;
  const entries: readonly Entry[] = [
    ["key", "keyText(document)"],
    ...(tenant === undefined
      ? []
      : [
          [
            "tenant",
            ["String(", elementCodec(tenant), `.decode(document${access(tenant.column)}))`],
          ] as const,
        ]),
    ["revision", revision(entity)],
    ["item", decodedDoc(entity)],
  ];
  return openObject(entries.map(([name, value]) => entry(name, value)));
}

/** What rises with every change of the document. */
function revision({ version, updatedAt }: EntityIr): string {
  if (version !== undefined)
    return `BigInt(codecs.${version.name}.decode(document${access(version.column)}))`;
  return updatedAt === undefined
    ? "0n"
    : `BigInt(codecs.${updatedAt.name}.decode(document${access(updatedAt.column)}).getTime())`;
}
