import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import { Segments } from "@/kit/Choice";
import { Empty, Loaded } from "@/kit/States";
import type { Refused } from "@/platform";
import { useKeys, useListKeys } from "./keys";
import { backToRow } from "./SidePanel";

/** One choice above the list: which rows it shows. */
export interface View<Row> {
  name: string;
  label: () => string;
  has: (row: Row) => boolean;
  /** Said when there are none. */
  empty: () => string;
}

interface Props<Answer, Row> {
  title: string;
  of: UseQueryResult<Answer, Refused>;
  rows: (answer: Answer) => readonly Row[];
  id: (row: Row) => string;
  /** Rows that nobody has to do anything about are in a quieter colour. */
  isOpen: (row: Row) => boolean;
  viewsLabel: string;
  views: readonly [View<Row>, ...View<Row>[]];
  emptyHelp: string;
  /** What the address says: the view's name and the chosen row. */
  show: string | undefined;
  chosen: string | undefined;
  onGo: (show: string, chosen?: string) => void;
  line: (row: Row) => ReactNode;
  panel: (row: Row, answer: Answer, opened: { entered: number; onClose: () => void }) => ReactNode;
}

/** A list of what the desk has to decide, worked through by keyboard, with a panel beside it. */
export function WorkList<Answer, Row>(props: Props<Answer, Row>) {
  const { of: list, rows, id, isOpen, views, chosen, onGo } = props;
  const view = views.find((one) => one.name === props.show) ?? views[0];
  const [entered, setEntered] = useState(0);
  const body = useRef<HTMLUListElement>(null);
  const choose = (row: string) => {
    if (row === chosen) return;
    setEntered(0);
    onGo(view.name, row);
  };
  const close = () => {
    backToRow(body.current);
    setEntered(0);
    onGo(view.name);
  };
  useListKeys(body);
  useKeys({ Escape: close });
  const all = list.data ? rows(list.data) : [];
  // One just decided stays where it is until another is chosen, so that the outcome is read.
  const shown = all.filter((row) => view.has(row) || id(row) === chosen);
  const open = all.find((row) => id(row) === chosen);
  return (
    <div className="flex h-full min-h-0">
      <div className="scroll min-w-0 flex-1 px-6 py-4 max-md:px-3">
        <div className="mb-3 flex flex-wrap items-center gap-4">
          <h1 className="text-head font-bold">{props.title}</h1>
          <Segments<string>
            label={props.viewsLabel}
            hideLabel
            value={view.name}
            options={views.map((one) => ({
              value: one.name,
              label: `${one.label()} ${list.data ? all.filter(one.has).length : ""}`,
            }))}
            onChange={(next) => onGo(next)}
          />
        </div>
        <Loaded of={list}>
          {() =>
            shown.length === 0 ? (
              <Empty icon="check" title={view.empty()}>{props.emptyHelp}</Empty>
            ) : (
              <ul ref={body} className="panel divide-y-(length:--border) divide-hair overflow-hidden">
                {shown.map((row) => (
                  <li key={id(row)}>
                    <button
                      type="button"
                      data-row={id(row)}
                      aria-current={id(row) === chosen}
                      onFocus={() => choose(id(row))}
                      onClick={() => {
                        choose(id(row));
                        setEntered((times) => times + 1);
                      }}
                      className={`flex w-full flex-wrap items-center gap-x-5 gap-y-1 px-4 py-2.5 text-left -outline-offset-4 ${id(row) === chosen ? "bg-primary-soft" : ""} ${isOpen(row) ? "" : "text-ink-2"}`}
                    >
                      {props.line(row)}
                    </button>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </div>
      {open && list.data && props.panel(open, list.data, { entered, onClose: close })}
    </div>
  );
}
