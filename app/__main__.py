"""Entry point. Worker processes import this file too and need nothing of the command line."""


def main() -> None:
    from app.cli import run_command_line  # noqa: PLC0415

    run_command_line()


if __name__ == "__main__":
    main()
