import { useState } from "react";
import type { FeeRule } from "@/generated/FeeRule";
import type { FeeUnit } from "@/generated/FeeUnit";
import type { FeeUse } from "@/generated/FeeUse";
import { Button } from "@/kit/Button";
import { Segments, Tick } from "@/kit/Choice";
import { Field } from "@/kit/Field";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { asksOf, useFees, type FeeAsk } from "@/shared/books";
import { parseYuan, typedYuan } from "@/shared/money";
import { say } from "@/shared/words";
import { Bonuses } from "./Bonuses";
import { useWork, type WorkDraft } from "./work";

/** What the quote depends on and the door decides: hand-in, who is who, discount, fees. */
export function QuoteChoices() {
  const { asset, draft, patch } = useWork();
  const [discount, setDiscount] = useState(draft.discount > 0 ? typedYuan(draft.discount).replace(/\.00$/, "") : "");
  const fen = discount.trim() === "" ? 0 : parseYuan(discount);
  const keep = () => {
    if (fen !== null && fen !== draft.discount) patch({ discount: fen });
  };
  return (
    <div className="panel flex flex-col gap-4 p-4">
      <Segments<WorkDraft["parties"]>
        label={m.parties()}
        value={draft.parties}
        options={[
          { value: "one", label: m.parties_one() },
          { value: "several", label: m.parties_several() },
          { value: "unasked", label: m.parties_unasked() },
        ]}
        onChange={(parties) => patch({ parties })}
      />
      <div className="flex flex-wrap items-end gap-x-6 gap-y-4">
        {asset && (
          <Segments
            label={m.group_old()}
            value={draft.tradeIn ? "yes" : "no"}
            options={[
              { value: "yes", label: m.trade_yes() },
              { value: "no", label: m.trade_no() },
            ]}
            onChange={(value) => patch({ tradeIn: value === "yes" })}
          />
        )}
        <div className="w-44">
          <Field
            label={m.door_discount()}
            optional={m.optional()}
            value={discount}
            onChange={setDiscount}
            onBlur={keep}
            onEnter={keep}
            inputMode="decimal"
            unit={m.yuan_unit()}
            error={fen === null ? m.not_an_amount() : undefined}
          />
        </div>
      </div>
      <Bonuses />
      <Fees />
    </div>
  );
}

/** Fees that may arise: ticked ones are priced with what the rule asks. */
function Fees() {
  const { draft, patch } = useWork();
  const catalogue = useRead("catalogue_list", {});
  const categories = catalogue.data?.models.filter((model) => draft.skus.includes(model.sku)).map((model) => model.category) ?? [];
  const fees = useFees(categories);
  const used = draft.fees ?? [];
  const [open, setOpen] = useState(used.length > 0);
  if (fees.length === 0) return null;
  const set = (rule: string, use: FeeUse | null) =>
    patch({ fees: [...used.filter((one) => one.rule !== rule), ...(use ? [use] : [])] });
  return (
    <div className="flex flex-col items-start gap-2">
      <Button look="quiet" icon={open ? "down" : "plus"} onPress={() => setOpen(!open)}>
        {m.fees_add({ count: used.length })}
      </Button>
      {open && (
        <ul className="panel w-full divide-y-(length:--border) divide-hair overflow-hidden">
          {fees.map((fee) => (
            <FeeRow key={fee.id} fee={fee} use={used.find((one) => one.rule === fee.id)} onUse={(use) => set(fee.id, use)} />
          ))}
        </ul>
      )}
    </div>
  );
}

function FeeRow({ fee, use, onUse }: { fee: FeeRule; use: FeeUse | undefined; onUse: (use: FeeUse | null) => void }) {
  const [asked, setAsked] = useState<Record<string, string>>({});
  const asks = asksOf(fee);
  const give = (key: FeeAsk, text: string) => {
    setAsked({ ...asked, [key]: text });
    if (!use) return;
    const number = Number(text);
    if (text !== "" && Number.isInteger(number)) onUse({ ...use, [key]: key === "quantity_milli" ? number * 1000 : number });
  };
  return (
    <li>
      <Tick checked={use !== undefined} onChange={(on) => onUse(on ? { line: "new-1", rule: fee.id, photos: [] } : null)} detail={fee.note && say(fee.note)}>
        {say(fee.name)}
      </Tick>
      {use && asks.length > 0 && (
        <div className="flex flex-wrap gap-4 px-4 pb-3 pl-13">
          {asks.map((key) => (
            <div key={key} className="w-40">
              <Field label={askName(key, fee)} value={asked[key] ?? ""} onChange={(text) => give(key, text)} inputMode="numeric" />
            </div>
          ))}
        </div>
      )}
    </li>
  );
}

const units: Record<FeeUnit, () => string> = {
  metre: m.unit_metre,
  set: m.unit_set,
  visit: m.unit_visit,
  hole: m.unit_hole,
  piece: m.unit_piece,
  kilometre_one_way: m.unit_kilometre,
  floor: m.floor,
};

function askName(key: FeeAsk, fee: FeeRule): string {
  const names: Record<FeeAsk, () => string> = {
    quantity_milli: () => m.ask_quantity({ unit: units[fee.unit]() }),
    kg: m.ask_kg,
    cool_w: m.ask_cool_w,
    hp10: m.ask_hp10,
    inch: m.ask_inch,
  };
  return names[key]();
}
