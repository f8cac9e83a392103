export { carried, unserved } from "../mysql/unserved.ts";
