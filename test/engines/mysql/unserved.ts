/** What MySQL and MariaDB do not serve by their nature, by method of the record port's suites; whoever needs it is planned another engine. */
export const unserved: Readonly<Record<string, string>> = {
  "tenant in the database":
    "there are no row policies: each statement carries the tenant, and SQL of one's own that does not name it is refused",
  "emptied reference within a tenant":
    "on delete set null empties every column of the foreign key, and the row would lose its tenant",
};

export const carried = (spec: string): string =>
  spec.replace(/(tenant: shopId\n[^-]*onDelete: )set-null/, "$1restrict");
