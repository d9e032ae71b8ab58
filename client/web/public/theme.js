// Puts the page into the viewer's theme before anything is drawn. A file of its own: the policy forbids inline scripts.
(() => {
  let theme = null;
  try {
    theme = window.localStorage.getItem("vilokanam.theme");
  } catch {
    // Without storage the system's preference counts.
  }
  if (theme !== "dark" && theme !== "light") {
    theme = window.matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  }
  document.documentElement.dataset.theme = theme;
})();
