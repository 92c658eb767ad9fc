import { useEffect } from "react";
import { Chip } from "@/kit/Chip";
import { Tick } from "@/kit/Choice";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { yuan } from "@/shared/money";
import { say } from "@/shared/words";
import { useWork } from "./work";

/** 换新补贴（商家）: those the choice earns; each says whether its budget is reserved on this tablet. */
export function Bonuses() {
  const { order, asset, draft, patch } = useWork();
  const asked = asset !== undefined && draft.tradeIn && draft.skus.length > 0;
  const read = useRead("bonus_list", { work_order: order.id, skus: draft.skus, old: asset ?? "" }, { enabled: asked });
  const earned = asked ? read.data?.bonuses : [];
  const chosen = draft.bonuses ?? [];
  const gone = earned !== undefined && chosen.some((one) => !earned.some((bonus) => bonus.id === one.id && bonus.place === one.place));
  useEffect(() => {
    if (gone) patch({ bonuses: chosen.filter((one) => earned?.some((bonus) => bonus.id === one.id && bonus.place === one.place)) });
    // `gone` says all that matters of the two lists.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [gone]);
  if (!earned || earned.length === 0) return null;
  return (
    <ul aria-label={m.bonuses()} className="panel w-full divide-y-(length:--border) divide-hair overflow-hidden">
      {earned.map((bonus) => (
        <li key={bonus.id}>
          {bonus.only_leased && !bonus.held ? (
            <p className="flex min-h-14 flex-wrap items-center gap-x-3 px-4 py-2 text-ink-2">
              <span className="min-w-0 flex-1">{say(bonus.name)} <span className="tabular">{yuan(bonus.amount)}</span></span>
              <Chip icon="lock">{m.bonus_only_leased()}</Chip>
            </p>
          ) : (
          <Tick
            checked={chosen.some((one) => one.id === bonus.id)}
            onChange={(on) => patch({ bonuses: [...chosen.filter((one) => one.id !== bonus.id), ...(on ? [bonus] : [])] })}
            detail={bonus.held ? m.bonus_held() : m.bonus_unheld()}
          >
            {say(bonus.name)} <span className="tabular">{yuan(bonus.amount)}</span>
          </Tick>
          )}
        </li>
      ))}
    </ul>
  );
}
