import type { CacheViewIr, EntityIr } from "../../../ir/types.ts";
import type { Doc } from "../../document.ts";
import { arrayLiteral, entry, openObject } from "../../layout.ts";
import { visible } from "../types.ts";
import { check, test } from "./forms.ts";
import { keyAt } from "./suite-scope.ts";
import { type TestScope, dataValue, domainType, support } from "./scope.ts";
import { sampleValue } from "./values.ts";

/** What the suite of a view declares. */
export interface ViewParts {
  readonly setup: readonly Doc[];
  readonly tests: readonly Doc[];
  /** Why there are none. */
  readonly skip?: string;
}

/** A cache over a source that counts how often it is asked; what is in it comes from here, so that no other store is needed. */
export function cacheParts(view: CacheViewIr, scope: TestScope): ViewParts {
  const factory = dataValue(scope, `stores/${view.store}/${view.file}`, view.property);
  const { entity } = view;
  if (entity === undefined) {
    return {
      setup: [],
      tests: [
        test("keeps values until they are forgotten", [
          `await ${support(scope, "cache", "checkPlain")}(${factory}(store.opened));`,
        ]),
      ],
    };
  }
  const row = storedRow(entity, scope);
  if (row === undefined)
    return {
      setup: [],
      tests: [],
      skip: "not tested: no value of its rows can be made up; give their fields defaults in the spec",
    };
  return {
    setup: [[`const row: ${domainType(scope, entity, entity.name)} = `, row, ";"]],
    tests: [
      test("reads its source once until it is told to forget", [
        check(
          support(scope, "cache", "checkReadThrough"),
          [],
          [
            ["row", "row"],
            [
              "key",
              entity.key.length === 1
                ? `row.${entity.key[0]?.name ?? ""}`
                : keyAt(entity, "0", scope),
            ],
            ["missing", keyAt(entity, "900", scope)],
            ["over", `(source) => ${factory}(store.opened, source)`],
          ],
        ),
      ]),
    ],
  };
}

/** A row as a repository would give it. */
function storedRow(entity: EntityIr, scope: TestScope): Doc | undefined {
  const values = visible(entity).map((field) => {
    if (field === entity.version) return [field.name, "1"] as const;
    const value = sampleValue(entity, field, "0", scope);
    return [field.name, value ?? (field.nullable ? "null" : undefined)] as const;
  });
  const children = entity.children.map(
    (child) => [child.property, storedRow(child.entity, scope)] as const,
  );
  if ([...values, ...children].some(([, value]) => value === undefined)) return undefined;
  return openObject([
    ...values.map(([name, value]) => entry(name, value ?? "")),
    ...children.map(([name, child]): Doc => entry(name, arrayLiteral([child ?? ""]))),
  ]);
}
