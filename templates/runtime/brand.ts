declare const entity: unique symbol;

/** A value that belongs to one entity: an `OrderId` is a string at run time and cannot be passed where a `CustomerId` is asked for. */
export type Branded<Name extends string, Base = string> = Base & { readonly [entity]: Name };
