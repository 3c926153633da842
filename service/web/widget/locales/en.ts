export { enMore as default } from "../strings_more.ts";
