// Under each button for a file stands what was chosen with it, in the page's words and size. Without this script the
// browser says so itself, in its own language.
(() => {
  "use strict";
  document.documentElement.classList.add("tells-files");

  const tell = (input) => {
    const told = input.closest(".scan-input")?.querySelector(".scan-chosen");
    if (told) told.textContent = Array.from(input.files, (file) => file.name).join("、");
  };

  document.addEventListener("change", (event) => {
    if (event.target.type === "file") tell(event.target);
  });
  // A browser that comes back to the page may have kept the files.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll('.scan-input input[type="file"]').forEach(tell);
  });
})();
