declare module "*.css?text" {
  const css: string;
  export default css;
}
declare module "*.css";
/** The build's id, put into the loader by the build. */
declare const BUILD_ID: string;
/** The widget's entry file, relative to the host's root, put into the loader by the build. */
declare const THREAD_FILE: string;
