import threading

from django.core.management import call_command


def test_it_ends_when_the_file_is_there(tmp_path):
    awaited = tmp_path / "database"
    waiting = threading.Thread(target=call_command, args=("wait_for", str(awaited)), daemon=True)

    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()

    awaited.touch()
    waiting.join(2)
    assert not waiting.is_alive()
