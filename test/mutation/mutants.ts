/** One deliberate mistake in one generated statement. */
export interface Mutant {
  readonly project: "shop" | "depot";
  /** File below `src/data/stores/main`. */
  readonly file: string;
  /** The group of tests that must fail. */
  readonly suite: string;
  /** The constant that holds the statement. */
  readonly statement: string;
  readonly from: string;
  readonly to: string;
  readonly mistake: string;
}

type Mistake = readonly [statement: string, from: string, to: string, mistake: string];

const of = (
  project: Mutant["project"],
  file: string,
  suite: string,
  mistakes: readonly Mistake[],
): readonly Mutant[] =>
  mistakes.map(([statement, from, to, mistake]) => ({
    project,
    file: `${file}.ts`,
    suite,
    statement,
    from,
    to,
    mistake,
  }));

/**
 * Left out, since nobody could see a difference: conditions that row-level security repeats, `order by` of what another part of the statement
 * orders again, a cast to the type that the value already has, and the length normalisation of a text rank that keeps the order.
 */
export const mutants: readonly Mutant[] = [
  ...of("shop", "order-repository", "orders", [
    ["get", "child.order_id = o.id", "true", "children of every order"],
    ["get", "order by child.line_no", "order by child.line_no desc", "children backwards"],
    ["getMany", "wanted.id", "$1[1]", "only the first key is wanted"],
    [
      "listByCustomer",
      "o.customer_id = $1::uuid",
      "$1::uuid is not null",
      "required filter dropped",
    ],
    ["listByCustomer", "o.status = {0}::text", "{0}::text is not null", "optional filter dropped"],
    ["listByCustomer", "o.placed_at <= {0}", "o.placed_at < {0}", "upper end excluded"],
    ["listByCustomer", "o.placed_at >= {0}", "o.placed_at > {0}", "lower end excluded"],
    ["listByCustomer", "desc(`o.placed_at`", "asc(`o.placed_at`", "order turned"],
    ["listByCustomer", "desc(`o.id`", "asc(`o.id`", "tie-break turned"],
    ["listByCustomer", "cursor: [4, 0]", "cursor: [7, 0]", "cursor of another column"],
    ["revenueByDay", "date_trunc('day'", "date_trunc('month'", "grouped by another unit"],
    ["revenueByDay", "sum(o.total_cents)", "max(o.total_cents)", "another measure"],
    ["revenueByDay", "count(*)", "count(distinct o.customer_id)", "counts something else"],
    ["revenueByDay", "asc(", "desc(", "groups backwards"],
    [
      "place",
      "(id, customer_id, status, total_cents, placed_at, note)",
      "(id, customer_id, note, total_cents, placed_at, status)",
      "columns swapped on insert",
    ],
    [
      "place",
      "select order_id, line_no, product_id, quantity, unit_price_cents",
      "select order_id, line_no, product_id, unit_price_cents, quantity",
      "columns of children swapped",
    ],
    ["amend", "`version = version + 1`", "`version = version`", "version not raised"],
    ["amend", "`updated_at = now()`", "`updated_at = updated_at`", "time of change not kept"],
    ["amend", "`id = $1`", "`$1::uuid is not null`", "every row changed"],
    ["amend", "`version = {0}::integer`", "`{0}::integer is not null`", "stale version accepted"],
    ["cancel", "id = $1 and", "$1::uuid is not null and", "every row deleted"],
    ["cancel", "version = $2::integer", "$2::integer is not null", "stale version deleted"],
    ["history", "desc(", "asc(", "oldest first"],
    ["history", "change.id = $1", "$1::uuid is not null", "history of every row"],
    [
      "asOf",
      "change.changed_at <= $2",
      "change.changed_at >= $2",
      "the future instead of the past",
    ],
    [
      "asOf",
      "order by change.revision desc",
      "order by change.revision",
      "the first state instead of the last",
    ],
    ["asOf", "where change.operation <> 'delete'", "where true", "a deleted row comes back"],
  ]),
  ...of("shop", "product-repository", "products", [
    ["get", "p.price_cents, p.stock", "p.stock, p.price_cents", "columns swapped in a select"],
    ["getMany", "order by wanted.given_place", "order by p.id", "not in the order of the keys"],
    ["importAll", "price_cents = excluded.price_cents,", "", "a column not replaced"],
    [
      "importAll",
      "version = products.version + 1",
      "version = products.version",
      "version not raised on replace",
    ],
    [
      "importAll",
      "updated_at = now()",
      "updated_at = products.updated_at",
      "time of change not kept on replace",
    ],
    [
      "importAll",
      "order by given.given_place",
      "order by given.given_place desc",
      "rows of a batch backwards",
    ],
    ["reprice", "title = {0}::text", "description = {0}::text", "another column set"],
    ["reserve", "stock + $2", "stock - $2", "subtracts instead of adding"],
    ["reserve", "version = version + 1", "version = version", "version not raised on increment"],
    ["reserve", "where id = $1", "where $1::uuid is not null", "every row incremented"],
  ]),
  ...of("shop", "product-search", "productSearch", [
    ["search", "{0, 0, 0.3333, 1}", "{1, 1, 1, 0.3333}", "weights of the rank"],
    ["search", "p.product_search @@ asked.query", "true", "finds everything"],
    ["search", "p.price_cents <= {0}", "p.price_cents < {0}", "upper end of a filter excluded"],
    ["search", "replace(p.description, '&'", "replace(p.title, '&'", "marks of another property"],
    ["searchTags", "count(*)", "max(p.stock)", "facets count something else"],
    ["searchTags", "desc(`2`", "asc(`2`", "rarest facet first"],
    ["searchTags", "p.price_cents >= {0}", "0 <= {0}", "facets without the filter"],
  ]),
  ...of("shop", "similar-products", "similarProducts", [
    [
      "nearest",
      "asc(`p.embedding <=> $1::vector`",
      "asc(`p.embedding <-> $1::vector`",
      "another metric orders",
    ],
    ["nearest", "1 - (p.embedding", "2 - (p.embedding", "another score"],
    ["nearest", "p.embedding is not null", "true", "rows without a vector"],
    [
      "nearestHybrid",
      "limit $3::bigint * 4\n), found",
      "limit $3::bigint\n), found",
      "too few candidates",
    ],
    ["nearestHybrid", "sum(1.0 / (60 + place))", "max(1.0 / (60 + place))", "ranks not summed"],
    [
      "nearestHybrid",
      "p.price_cents <= $5::integer)\n    and p.product_search",
      "true)\n    and p.product_search",
      "the text's side unfiltered",
    ],
  ]),
  ...of("depot", "parcel-repository", "parcels", [
    ["get", "p.number = $2", "$2::bigint is not null", "half of a composite key"],
    ["getMany", "p.region = wanted.region and", "", "half of a composite join"],
    ["getMany", "where p.deleted_at is null", "", "deleted rows come back"],
    [
      "listByDepot",
      "p.marks @> array[{0}]::text[]",
      "{0}::text is not null",
      "element filter dropped",
    ],
    ["listByDepot", "`p.deleted_at is null`", "`true`", "deleted rows are listed"],
    ["listByDepot", "asc(`p.weight`", "desc(`p.weight`", "second order turned"],
    ["listScanned", "asc(`p.label`", "desc(`p.label`", "mixed order turned"],
    ["load", "date_trunc('month'", "date_trunc('day'", "day for month"],
    ["extremes", "min(p.weight)", "max(p.weight)", "largest for smallest"],
    ["extremes", "p.depot_id = $1::integer", "$1::integer is not null", "measures everything"],
    ["scan", "`region = $1`", "`$1::text is not null`", "half of the key of a change"],
    ["scan", "label = {0}::text", "label = upper({0}::text)", "stores another text"],
    ["move", "number = $2", "$2::bigint is not null", "half of the key of an increment"],
    ["drop", "deleted_at = now()", "deleted_at = null", "not deleted"],
  ]),
  ...of("depot", "rate-repository", "rates", [
    ["save", "amount = excluded.amount", "amount = rates.amount", "keeps the old value"],
    ["remove", "where code = $1", "where $1::text is not null", "every row removed"],
    ["hit", "hits + $2", "$2", "sets instead of adding"],
  ]),
];
