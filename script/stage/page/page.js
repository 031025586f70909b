/** The page of `script/demo --serve`: asks twice a second, and draws what it is told, as text alone. */

const EVERY_MS = 500;

const at = (id) => document.getElementById(id);

/** @param cells text, or text with a class and with what is shown where the pointer rests */
function row(name, cells) {
  const line = document.createElement("tr");
  line.className = name;
  for (const cell of cells) {
    const [text, kind = "", whole = ""] = [cell].flat();
    const place = document.createElement("td");
    place.textContent = text;
    place.className = kind;
    place.title = whole;
    line.append(place);
  }
  return line;
}

/** A path with its ids cut short. */
const short = (path) => path.replaceAll(/[0-9a-f-]{30,}/g, (id) => `${id.slice(0, 6)}…`);

const time = (ms) => new Date(ms).toLocaleTimeString();

function instance({ name, source, node, status, billed, createdAt }) {
  const kind = status === "running" ? "good" : "";
  return row(billed ? "" : "gone", [
    source ? `${name} (the source)` : name,
    String(node),
    [status, kind],
    billed ? "yes" : "no",
    time(createdAt),
  ]);
}

/** What became of a request: its status, that a fault struck, or that no answer has come. */
function answered({ status, fault }) {
  const struck = fault === null ? "" : ` (fault: ${fault})`;
  if (status === null)
    return [fault === null ? "under way" : `no answer${struck}`, fault === null ? "" : "bad"];
  return [`${status}${struck}`, status < 400 ? "good" : "bad"];
}

function request(one) {
  return row(one.creates ? "creates" : "", [
    time(one.at),
    [`${one.method} ${short(one.path)}`, "path", one.path],
    answered(one),
  ]);
}

function draw(seen) {
  at("billed").textContent = `billed now: ${seen.billed}`;
  at("cost").textContent = `$${seen.cost.toFixed(6)} since this page opened`;
  at("instances").replaceChildren(...seen.instances.map(instance));
  at("requests").replaceChildren(...seen.requests.map(request).reverse());
  document.title = `billed now: ${seen.billed} – simulated cloud`;
}

async function look() {
  try {
    const answer = await fetch("/seen");
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    draw(await answer.json());
    at("live").textContent = `live: looked at ${time(Date.now())}`;
  } catch {
    at("live").textContent = "the simulator does not answer: is the demo still running?";
  }
  setTimeout(look, EVERY_MS);
}

look();
