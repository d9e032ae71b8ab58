// Sets the user's theme before anything is rendered. A separate file, since the content security policy forbids inline
// scripts.
(() => {
  let theme = null;
  try {
    theme = window.localStorage.getItem("vilokanam.theme");
  } catch {
    // Without storage, the system's preference is used.
  }
  if (theme !== "dark" && theme !== "light") {
    theme = window.matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  }
  document.documentElement.dataset.theme = theme;
})();
