"""Copy a model's file with one of its layers and a longer context: the README of the benchmarks says what for.

Vocabulary and chat template stay, what the copy answers means nothing. `gguf` is in llama.cpp's folder `gguf-py`.
"""

import sys

import gguf

NUM_TOKENS = 65536


def main() -> None:
    """Arguments: the file, and where the copy goes."""
    source, target = sys.argv[1:]
    reader = gguf.GGUFReader(source)
    architecture = reader.fields["general.architecture"].contents()
    writer = gguf.GGUFWriter(target, architecture)
    changed = {f"{architecture}.block_count": 1, f"{architecture}.context_length": NUM_TOKENS}
    for field in reader.fields.values():
        # The writer makes these itself.
        if field.name == "general.architecture" or field.name.startswith("GGUF."):
            continue
        kind = field.types[0]
        of_items = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, changed.get(field.name, field.contents()), kind, sub_type=of_items)
    for tensor in reader.tensors:
        if not tensor.name.startswith("blk.") or tensor.name.startswith("blk.0."):
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
