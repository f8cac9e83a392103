import type { Ir, SearchViewIr } from "../../../ir/types.ts";
import type { SharedContext } from "../types.ts";
import { sampleLayout } from "./samples.ts";
import type { SampleLayout, TestContext } from "./scope.ts";

/** What all test modules know; the layout of an entity's samples is made when it is first asked for. */
export function testContext(ir: Ir, context: SharedContext): TestContext {
  const searches = new Map<string, SearchViewIr[]>();
  for (const view of ir.stores.flatMap((store) => store.views)) {
    if (view.port !== "search") continue;
    searches.set(view.entity.name, [...(searches.get(view.entity.name) ?? []), view]);
  }
  const views = ir.stores.flatMap((store) => store.views);
  const layouts = new Map<string, SampleLayout>();
  const layoutOf = (name: string): SampleLayout | undefined => {
    const known = layouts.get(name);
    const repository = made.repositories.get(name);
    if (known !== undefined || repository === undefined) return known;
    const layout = sampleLayout(repository, views, made);
    layouts.set(name, layout);
    return layout;
  };
  let many: ReadonlySet<string> | undefined;
  const made: TestContext = {
    context,
    entities: new Map(ir.entities.map((entity) => [entity.name, entity])),
    repositories: new Map(
      ir.stores.flatMap(({ repositories }) => repositories.map((one) => [one.entity.name, one])),
    ),
    searches,
    referred: new Set(
      ir.entities.flatMap(({ name, fields }) =>
        fields.flatMap(({ source: { reference } }) =>
          reference === undefined || reference.entity === name ? [] : [reference.entity],
        ),
      ),
    ),
    layoutOf,
    manyStored: () => (many ??= manyStored(made)),
    data: ir.output.dir === "." ? "../../.." : `../../../${ir.output.dir}`,
  };
  return made;
}

const manyStored = ({ repositories, layoutOf }: TestContext): ReadonlySet<string> =>
  new Set(
    [...repositories.keys()].flatMap((name) =>
      (layoutOf(name)?.wide ?? []).flatMap(({ source }) => source.reference?.entity ?? []),
    ),
  );
