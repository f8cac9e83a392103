import { prepared } from "./prepared.ts";
import type { Bound } from "./wire.ts";

/** What runs before a statement in its implicit transaction and ends with it. */

const bindTenant = prepared(
  "tenant.bind",
  "select set_config('role', $1, true), set_config('app.current_tenant', $2, true)",
);
const bindPatience = prepared("patience.bind", "select set_config('lock_timeout', $1, true)");
const bindPatientTenant = prepared(
  "tenant.bind.patience",
  `${bindTenant.text}, set_config('lock_timeout', $3, true)`,
);

/** The role without privileges of its own, and the tenant. */
export const tenantBinding = (role: string, tenant: string): Bound => ({
  prepared: bindTenant,
  values: [role, tenant],
});

/** `binding` (a tenant's, or none) with a limit of its own for waiting on locks. */
export const patientBinding = (binding: Bound | undefined, lockTimeoutMs: number): Bound => {
  const limit = `${Math.ceil(lockTimeoutMs)}`;
  return binding === undefined
    ? { prepared: bindPatience, values: [limit] }
    : { prepared: bindPatientTenant, values: [...binding.values, limit] };
};

/** Lets a login without rights over tenants remove operations that are older than 7 days, and no others. */
export const purgeBinding: Bound = {
  prepared: prepared("operation.purge", "select set_config('app.purge_operations', 'on', true)"),
  values: [],
};

/** Shows the rows of every tenant to a statement that copies them into a view; the policies name this setting for reading only. */
export const feedBinding: Bound = {
  prepared: prepared("view.feed", "select set_config('app.view_feed', 'on', true)"),
  values: [],
};
