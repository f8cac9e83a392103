import type { EntityIr, StoreIr } from "../../../ir/types.ts";
import { identifier } from "../sql/quote.ts";
import { auditFunction, auditStatements } from "./audit.ts";
import { domainStatements, limitDomains } from "./limit-domain.ts";
import { applicationRole, historyTable, isAudited, operationTable } from "./naming.ts";
import { operationStatements } from "./operation.ts";
import type { ForeignKey } from "./reference.ts";
import { foreignKeyClause, foreignKeys, referenceOrder } from "./reference.ts";
import { operationSecurity, securityStatements } from "./rls.ts";
import { dropRoleStatements, grantStatements, roleStatements } from "./role.ts";
import { searchesArrays, textOfArray, textOfArrayFunction } from "./search.ts";
import { tableStatements } from "./table.ts";
import { replacesChildren, unchangedSince, unchangedSinceFunction } from "./unchanged-since.ts";
import { usesVectors } from "./vector.ts";

/** One part of a migration under its own heading. */
export interface Section {
  readonly title: string;
  readonly statements: readonly string[];
}

interface Placed {
  readonly entity: EntityIr;
  readonly inline: readonly ForeignKey[];
  /** Keys whose target comes later: a circle of references. */
  readonly late: readonly ForeignKey[];
}

/** Everything the first migration makes, in an order in which each statement needs earlier ones only. */
export function upSections(store: StoreIr, project: string): readonly Section[] {
  const placed = placedEntities(store);
  const role = applicationRole(project);
  return [
    ...section("Extensions", usesVectors(store) ? ["create extension if not exists vector;"] : []),
    ...section("Functions", [
      ...(searchesArrays(store) ? textOfArrayFunction() : []),
      ...(replacesChildren(store) ? unchangedSinceFunction() : []),
    ]),
    ...placed.map(({ entity, inline }) => entitySection(entity, store, inline)),
    ...section("References in circles", placed.flatMap(lateKeys)),
    ...section("Limits of increments", limitDomains(store).flatMap(domainStatements)),
    ...section("Operation ids", [
      ...operationStatements(),
      ...(store.tenantScoped ? operationSecurity() : []),
    ]),
    ...section(
      "Application role",
      store.tenantScoped ? [...roleStatements(role), ...grantStatements(store, role)] : [],
    ),
  ];
}

/** Takes back {@link upSections} from the end. The extension stays: other schemas may use it. */
export function downSections(store: StoreIr, project: string): readonly Section[] {
  const placed = placedEntities(store).toReversed();
  const role = applicationRole(project);
  return [
    ...section("Operation ids", [`drop table ${operationTable};`]),
    ...section(
      "Limits of increments",
      limitDomains(store).map((domain) => `drop domain ${identifier(domain.name)};`),
    ),
    ...section(
      "References in circles",
      placed.flatMap(({ entity, late }) =>
        late.map(
          (key) =>
            `alter table ${identifier(entity.table)} drop constraint ${identifier(key.name)};`,
        ),
      ),
    ),
    ...section(
      "Tables",
      placed.flatMap(({ entity }) => dropStatements(entity, store)),
    ),
    ...section("Functions", [
      ...(replacesChildren(store) ? [`drop function ${unchangedSince}(xid, xid);`] : []),
      ...(searchesArrays(store) ? [`drop function ${textOfArray}(text[]);`] : []),
    ]),
    ...section("Application role", store.tenantScoped ? dropRoleStatements(role) : []),
  ];
}

const section = (title: string, statements: readonly string[]): readonly Section[] =>
  statements.length === 0 ? [] : [{ title, statements }];

function entitySection(entity: EntityIr, store: StoreIr, inline: readonly ForeignKey[]): Section {
  return {
    title: entity.name,
    statements: [
      ...tableStatements(entity, store, inline),
      ...(isAudited(entity, store) ? auditStatements(entity, store) : []),
      ...securityStatements(entity, store),
    ],
  };
}

function dropStatements(entity: EntityIr, store: StoreIr): readonly string[] {
  const table = `drop table ${identifier(entity.table)};`;
  if (!isAudited(entity, store)) return [table];
  return [
    table,
    `drop function ${identifier(auditFunction(entity))}();`,
    `drop table ${identifier(historyTable(entity))};`,
  ];
}

const lateKeys = ({ entity, late }: Placed): readonly string[] =>
  late.map((key) => `alter table ${identifier(entity.table)} add ${foreignKeyClause(key)};`);

function placedEntities(store: StoreIr): readonly Placed[] {
  const made = new Set<EntityIr>();
  return referenceOrder(store).map((entity) => {
    made.add(entity);
    const keys = foreignKeys(entity, store);
    return {
      entity,
      inline: keys.filter((key) => made.has(key.target)),
      late: keys.filter((key) => !made.has(key.target)),
    };
  });
}
