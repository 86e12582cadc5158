// Scroll: a long list of which only what is near the window stands in the page, in blocks that keep their measured height.
import { el, put } from "./text.js";
import { trouble } from "./source.js";

const NEAR = "900px 0px";

export class LongList {
  /** `count` rows, `block` at a time; `rows(from, until)` gives the nodes of some, soon; `estimate` is a row's height before. */
  constructor({ count, rows, estimate = 72, block = 30, label }) {
    this.count = count;
    this.rows = rows;
    this.estimate = estimate;
    this.size = block;
    this.node = el("div", { class: "long", role: "region", "aria-label": label });
    this.blocks = [];
    this.observer = new IntersectionObserver((seen) => this.#seen(seen), { rootMargin: NEAR });
    this.#grow();
  }

  /** There are more rows now. */
  grow(count) {
    const last = this.blocks.at(-1);
    this.count = count;
    if (last) {
      last.until = Math.min(last.from + this.size, count);
      if (last.shown) this.#show(last, true);
    }
    this.#grow();
  }

  /** The node of a row, once it stands in the page; it is brought into view. */
  async reveal(at, { center = true } = {}) {
    const block = this.blocks[Math.floor(at / this.size)];
    if (!block) return null;
    if (!block.shown) block.node.scrollIntoView({ block: "start" });
    await this.#show(block);
    const row = block.node.children[at - block.from];
    if (row) row.scrollIntoView({ block: center ? "center" : "nearest" });
    return row || null;
  }

  close() {
    this.observer.disconnect();
  }

  #grow() {
    for (let from = this.blocks.length * this.size; from < this.count; from += this.size) {
      const until = Math.min(from + this.size, this.count);
      const node = el("div", { class: "block", style: { "min-height": `${(until - from) * this.estimate}px` } });
      const block = { from, until, node, shown: false, showing: null };
      node.block = block;
      this.blocks.push(block);
      this.node.append(node);
      this.observer.observe(node);
    }
  }

  #seen(entries) {
    for (const entry of entries) {
      if (entry.isIntersecting) this.#show(entry.target.block);
      else this.#hide(entry.target.block);
    }
  }

  #show(block, again = false) {
    if (block.showing && !again) return block.showing;
    block.showing = Promise.resolve(this.rows(block.from, block.until)).then(
      (rows) => {
        block.shown = true;
        put(block.node, rows);
        block.node.style.removeProperty("min-height");
      },
      (error) => put(block.node, trouble(error)),
    );
    return block.showing;
  }

  #hide(block) {
    if (!block.shown || block.node.contains(document.activeElement)) return;
    block.node.style.setProperty("min-height", `${block.node.offsetHeight}px`);
    block.node.replaceChildren();
    block.shown = false;
    block.showing = null;
  }
}
