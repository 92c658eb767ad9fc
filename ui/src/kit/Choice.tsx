import { type ReactNode } from "react";
import {
  Checkbox,
  Label,
  Radio,
  RadioGroup,
  ToggleButton,
  ToggleButtonGroup,
} from "react-aria-components";
import { Icon } from "./Icon";

export interface Option<V extends string> {
  value: V;
  label: ReactNode;
  detail?: ReactNode;
  disabled?: boolean;
}

interface Props<V extends string> {
  label: string;
  value: V | null;
  options: readonly Option<V>[];
  onChange: (value: V) => void;
  hideLabel?: boolean;
}

/** Radios one below the other: every choice and its consequence can be read before tapping. */
export function Choice<V extends string>({ label, value, options, onChange, hideLabel }: Props<V>) {
  return (
    <RadioGroup value={value} onChange={(next) => onChange(next as V)} className="flex flex-col gap-2">
      <Label className={hideLabel ? "sr-only" : "text-label text-ink-2"}>{label}</Label>
      <div className="panel divide-y-(length:--border) divide-hair overflow-hidden">
        {options.map((option) => (
          <Radio
            key={option.value}
            value={option.value}
            isDisabled={option.disabled ?? false}
            className="group flex min-h-(--target-primary) cursor-pointer items-center gap-3 px-4 py-2 data-[focus-visible]:-outline-offset-4 data-[selected]:bg-primary-soft data-[disabled]:text-ink-2"
          >
            <span className="flex size-6 shrink-0 items-center justify-center rounded-pill border-2 border-line group-data-[selected]:border-primary">
              <span className="size-3 rounded-pill bg-primary opacity-0 group-data-[selected]:opacity-100" />
            </span>
            <span className="min-w-0 flex-1">
              <span className="block group-data-[selected]:font-semibold">{option.label}</span>
              {option.detail && <span className="block text-label text-ink-2">{option.detail}</span>}
            </span>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}

/** A few short choices in a row. */
export function Segments<V extends string>({ label, value, options, onChange, hideLabel }: Props<V>) {
  return (
    <div className="flex flex-col gap-1">
      <span className={hideLabel ? "sr-only" : "text-label text-ink-2"}>{label}</span>
      <ToggleButtonGroup
        aria-label={label}
        selectionMode="single"
        selectedKeys={value === null ? [] : [value]}
        onSelectionChange={(keys) => {
          const [next] = keys;
          if (next !== undefined) onChange(next as V);
        }}
        className="flex flex-wrap gap-2"
      >
        {options.map((option) => (
          <ToggleButton
            key={option.value}
            id={option.value}
            isDisabled={option.disabled ?? false}
            className="inline-flex min-h-(--target) min-w-16 items-center justify-center gap-2 rounded-field border-(length:--border) border-line bg-card px-4 text-label data-[disabled]:text-ink-2 data-[selected]:border-primary data-[selected]:bg-primary data-[selected]:font-semibold data-[selected]:text-on-primary"
          >
            {option.label}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </div>
  );
}

/** One thing that is so or not. */
export function Tick({
  checked,
  onChange,
  children,
  detail,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
  detail?: ReactNode;
}) {
  return (
    <Checkbox
      isSelected={checked}
      onChange={onChange}
      className="group flex min-h-(--target-primary) cursor-pointer items-center gap-3 px-4 py-2 data-[focus-visible]:-outline-offset-4 data-[selected]:bg-primary-soft"
    >
      <span className="flex size-6 shrink-0 items-center justify-center rounded-field border-2 border-line bg-card group-data-[selected]:border-primary group-data-[selected]:bg-primary group-data-[selected]:text-on-primary">
        <span className="opacity-0 group-data-[selected]:opacity-100">
          <Icon name="check" size={18} />
        </span>
      </span>
      <span className="min-w-0 flex-1">
        <span className="block">{children}</span>
        {detail && <span className="block text-label text-ink-2">{detail}</span>}
      </span>
    </Checkbox>
  );
}
