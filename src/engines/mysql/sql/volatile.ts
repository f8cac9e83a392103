/** Functions whose value differs from call to call or from server to server. */
const volatile =
  /\b(?:uuid|uuid_short|rand|random_bytes|connection_id|current_user|user|session_user|system_user|last_insert_id|sysdate|sys_guid|now|current_timestamp|curdate|utc_timestamp|unix_timestamp|nextval)\b/i;

/** Whether an expression names one of them, be it in a string. */
export const isVolatile = (expression: string): boolean => volatile.test(expression);
