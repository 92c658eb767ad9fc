import type { PoolRow } from "@/generated/PoolRow";
import type { Resource } from "@/generated/Resource";
import { Chip } from "@/kit/Chip";
import { Empty, Loaded } from "@/kit/States";
import { m } from "@/paraglide/messages.js";
import { useRead } from "@/platform/query";
import { yuan } from "@/shared/money";
import { clockOrDay } from "@/shared/time";
import { useNow } from "@/shared/useNow";
import { say } from "@/shared/words";

const kinds: readonly { kind: Resource["kind"]; name: () => string }[] = [
  { kind: "stock", name: m.pools_stock },
  { kind: "slot", name: m.pools_slot },
  { kind: "bonus", name: m.pools_bonus },
];

/** 额度: what there is of everything scarce, what is free, and who holds what of it until when. */
export function Pools() {
  const read = useRead("pool_list", {});
  return (
    <div tabIndex={0} role="group" aria-label={m.desk_pools()} className="scroll flex h-full flex-col gap-4 px-6 py-4 max-md:px-3">
      <div>
        <h1 className="text-head font-bold">{m.desk_pools()}</h1>
        <p className="text-label text-ink-2">{m.pools_lead()}</p>
      </div>
      <Loaded of={read}>
        {({ pools }) =>
          pools.length === 0 ? (
            <Empty icon="lock" title={m.pools_empty()}>{m.pools_empty_help()}</Empty>
          ) : (
            kinds.map(({ kind, name }) => {
              const own = pools.filter((row) => row.pool.resource.kind === kind);
              return own.length === 0 ? null : <Kind key={kind} name={name()} rows={own} />;
            })
          )
        }
      </Loaded>
    </div>
  );
}

function Kind({ name, rows }: { name: string; rows: readonly PoolRow[] }) {
  const head = "h-9 pr-4 font-normal";
  return (
    <section aria-label={name} className="@container">
      <table className="w-full table-fixed border-collapse">
        <caption className="py-1 text-left font-semibold">{name}</caption>
        <thead className="text-left text-label text-ink-2">
          <tr className="rule rule-b">
            <th scope="col" className={`${head} w-[30%] pl-2`}>{m.pool_what()}</th>
            <th scope="col" className={`${head} w-[11%] text-right`}>{m.pool_free()}</th>
            <th scope="col" className={`${head} w-[11%] text-right`}>{m.pool_leased()}</th>
            <th scope="col" className={`${head} w-[11%] text-right`}>{m.pool_used()}</th>
            <th scope="col" className={`${head} w-[11%] text-right @max-md:hidden`}>{m.pool_amount()}</th>
            <th scope="col" className={`${head} pl-4 @max-2xl:hidden`}>{m.pool_holders()}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.pool.id} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ row }: { row: PoolRow }) {
  const now = useNow();
  const { pool } = row;
  const amount = (value: number) => (pool.resource.kind === "bonus" ? yuan(value) : String(value));
  const holders = row.holders.map((holder, index) => (
    <span key={index} className="tabular block">
      {m.pool_holder({ name: holder.name, amount: amount(holder.rest), time: clockOrDay(holder.until, now) })}
    </span>
  ));
  const cell = "tabular py-2 pr-4 text-right align-top";
  return (
    <tr className="rule rule-b">
      <th scope="row" className="py-2 pr-4 pl-2 text-left align-top font-normal">
        <span className="tabular">{say(row.what)}</span>
        {row.store !== null && <span className="block text-label text-ink-2">{row.store}</span>}
        <span className="hidden text-label text-ink-2 @max-2xl:block">{holders}</span>
        {pool.beyond > 0 && <Chip tone="warn" icon="alert">{m.pool_beyond({ amount: amount(pool.beyond) })}</Chip>}
      </th>
      <td className={`${cell} font-semibold ${row.free === 0 ? "text-danger" : ""}`}>{amount(row.free)}</td>
      <td className={cell}>{amount(pool.leased)}</td>
      <td className={cell}>{amount(pool.used)}</td>
      <td className={`${cell} @max-md:hidden`}>{amount(pool.amount)}</td>
      <td className="py-2 pl-4 align-top text-label @max-2xl:hidden">
        {row.holders.length === 0 && <span className="text-ink-2">—</span>}
        {holders}
      </td>
    </tr>
  );
}
