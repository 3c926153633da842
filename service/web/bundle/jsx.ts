// Put into every file with JSX: smaller than the automatic runtime.
export { Fragment, h } from "preact";
