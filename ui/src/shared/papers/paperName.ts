import { m } from "@/paraglide/messages.js";

const kinds: Record<string, () => string> = {
  quote: m.paper_quote,
  order: m.paper_order,
  card: m.paper_card,
};

/** `order.zh-CN` in words; other labels as they are. */
export function paperName(label: string): string {
  const [kind = "", language = ""] = label.split(/\.(.*)/);
  const name = kinds[kind]?.();
  if (!name) return label;
  return m.paper_in({ paper: name, language: language === "en" ? m.english() : m.chinese() });
}
