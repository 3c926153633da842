export { enHelp as default } from "../../strings_help.ts";
