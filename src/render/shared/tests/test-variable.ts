/** Variable of the database that a store's tests may empty: `MAIN_URL` → `MAIN_TEST_URL`. */
export const testVariable = (env: string): string => env.replace(/_URL$/, "_TEST_URL");
