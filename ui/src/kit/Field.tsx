import { type HTMLAttributes, type ReactNode, type Ref } from "react";
import { FieldError, Input, Label, Text, TextArea, TextField } from "react-aria-components";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Fields are required unless marked. */
  optional?: string | undefined;
  help?: ReactNode;
  error?: string | undefined;
  lines?: number;
  inputMode?: HTMLAttributes<HTMLElement>["inputMode"];
  unit?: string | undefined;
  autoFocus?: boolean;
  type?: "text" | "password" | "search" | "tel";
  onEnter?: () => void;
  onBlur?: () => void;
  inputRef?: Ref<HTMLInputElement>;
  name?: string;
  hideLabel?: boolean;
}

const box =
  "w-full rounded-field border-(length:--border) border-line bg-card px-3 text-body text-ink data-[invalid]:border-danger";

export function Field(props: Props) {
  const { label, value, onChange, optional, help, error, lines, unit } = props;
  return (
    <TextField
      value={value}
      onChange={onChange}
      isInvalid={error !== undefined}
      className="flex min-w-0 flex-col gap-1"
      {...(props.name === undefined ? {} : { name: props.name })}
      {...(props.onBlur === undefined ? {} : { onBlur: props.onBlur })}
    >
      <Label className={props.hideLabel ? "sr-only" : "text-label text-ink-2"}>
        {label}
        {optional && <span className="ml-2 text-small">{optional}</span>}
      </Label>
      {lines ? (
        <TextArea rows={lines} className={`${box} py-2`} />
      ) : (
        <div className="relative flex">
          <Input
            ref={props.inputRef}
            type={props.type ?? "text"}
            inputMode={props.inputMode}
            autoComplete="off"
            autoFocus={props.autoFocus}
            spellCheck={false}
            className={`${box} min-h-(--target) tabular ${unit ? "pr-16" : ""}`}
            onKeyDown={(event) => {
              // Enter that ends a Chinese composition belongs to the input method.
              if (event.key === "Enter" && !event.nativeEvent.isComposing) props.onEnter?.();
            }}
          />
          {unit && (
            <span className="pointer-events-none absolute inset-y-0 right-3 flex items-center text-label text-ink-2">
              {unit}
            </span>
          )}
        </div>
      )}
      {help && (
        <Text slot="description" className="text-small text-ink-2">
          {help}
        </Text>
      )}
      <FieldError className="text-label text-danger">{error}</FieldError>
    </TextField>
  );
}
