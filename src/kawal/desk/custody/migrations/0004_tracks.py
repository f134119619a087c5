from datetime import UTC, datetime

from django.db import migrations, models


def heard(apps, editor):
    """What was told before has no track; `kawal custody rebuild` makes it from the log."""
    apps.get_model("custody", "Position").objects.update(heard_at=models.F("received_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('custody', '0003_doubts'),
    ]

    operations = [
        migrations.AddField(
            model_name='position',
            name='heard_at',
            field=models.DateTimeField(default=datetime(1970, 1, 1, tzinfo=UTC)),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='position',
            name='entry_index',
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='position',
            name='track',
            field=models.BinaryField(default=b''),
            preserve_default=False,
        ),
        migrations.RunPython(heard, migrations.RunPython.noop),
    ]
