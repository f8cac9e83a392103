import { applicationUser } from "../mysql/application-user.ts";

await applicationUser("mariadb");
