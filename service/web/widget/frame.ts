/** The frame's own script: tells the page around it how high it is, where that page listens. */
const tell = (): void => {
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
  // Of no use to anybody, so that any page may hear it.
  parent.postMessage({ type: "parley:height", height }, "*");
};
if (parent !== window) new ResizeObserver(tell).observe(document.documentElement);
