// Counts down what is due, and takes a file that is dropped anywhere. Every page works without it.

const table = document.querySelector("table.due");
if (table) {
  const began = Date.now();
  const server = Date.parse(table.dataset.now);
  const units = table.dataset.units.split("|");

  const told = (left) => {
    const minutes = Math.floor(Math.abs(left) / 60_000);
    const amounts = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
    const largest = amounts.findIndex((amount) => amount > 0);
    const words =
      largest < 0
        ? table.dataset.less
        : amounts
            .slice(largest, largest + 2)
            .map((amount, place) => (amount ? units[largest + place].replace("{}", amount) : ""))
            .filter(Boolean)
            .join(" ");
    return (left > 0 ? table.dataset.left : table.dataset.late).replace("{}", words);
  };

  const tick = () => {
    const now = server + (Date.now() - began); // by the server's clock, whatever this machine's says
    for (const one of table.querySelectorAll("time.countdown")) {
      one.textContent = told(Date.parse(one.dateTime) - now);
    }
  };
  tick();
  setInterval(tick, 30_000);
}

const form = document.getElementById("anywhere");
if (form) {
  const input = form.querySelector("input[type=file]");
  const hasFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  const show = (over) => document.body.classList.toggle("dropping", over);

  addEventListener("dragover", (event) => {
    if (hasFiles(event)) {
      event.preventDefault();
      show(true);
    }
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) show(false);
  });
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    show(false);
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      form.requestSubmit();
    }
  });
}
